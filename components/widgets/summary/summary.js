// The summary is a region with a name, and what changes in it is read out: Streamlit's containers have no attributes.

/** @param {Mount<object>} mount */
export default function ({ parentElement }) {
  const root = parentElement.getRootNode();
  const region = (root instanceof ShadowRoot ? root.host : parentElement).closest(".st-key-summary");
  for (const [name, value] of Object.entries({ role: "region", "aria-label": "Summary of this page", "aria-live": "polite", "aria-atomic": "false" })) region?.setAttribute(name, value);
  return () => {};
}
