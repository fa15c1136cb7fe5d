// All that a component brings along with its data: it calls for whoever places components (place.js), now or later.

/** @param {Mount<any>} mount */
export default (mount) => {
  /** @type {Call} */
  const call = { by: "COMPONENT", mount };
  (globalThis.weightLoomCalls ??= []).push(call);
  return () => {
    call.over = true;
    call.leave?.();
  };
};
