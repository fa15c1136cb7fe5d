// Saves the file that a message brings, once, and says what has arrived of what was asked for.

const arrived = new Set(); // serial numbers: known for as long as the page is open, wherever this is mounted again

/** @param {Mount<Uint8Array<ArrayBuffer>>} mount */
export default function ({ data, setTriggerValue }) {
  const end = data.indexOf(10); // a line of JSON, then the file
  const { asked, serial, name, mime } = JSON.parse(new TextDecoder().decode(data.subarray(0, end)));
  if (serial && !arrived.has(serial)) {
    arrived.add(serial);
    saveFile(new Blob([data.subarray(end + 1)], { type: mime }), name);
  }
  if (asked.length) setTriggerValue("arrived", Object.fromEntries(asked.map((/** @type {string} */ one) => [one, arrived.has(one)])));
}
