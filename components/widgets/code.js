// Hands every component its part of the code. Streamlit calls it with each run of the page; what was given stays.

/** @param {Mount<Uint8Array<ArrayBuffer>>} mount */
export default function ({ data }) {
  const { shared, parts } = JSON.parse(new TextDecoder().decode(data));
  for (const [name, code] of Object.entries(parts)) part(name).give({ ...code, js: `${shared}\n${code.js}` });
}
