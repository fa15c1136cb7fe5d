// Takes a component's props that seldom change; of each component the two newest, for one may still be on its way.

/** @param {Mount<[{ name: string, values: object }]>} mount */
export default function ({ data: [{ name, values }] }) {
  part(name).give(values);
  const parts = allParts();
  const own = [...parts.keys()].filter((other) => other.startsWith(name.slice(0, name.lastIndexOf(":") + 1)));
  for (const old of own.filter((other) => other !== name).slice(0, -1)) parts.delete(old);
}
