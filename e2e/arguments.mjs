// Reads `--name value` pairs. Unknown names and missing values end the script with code 64.

/**
 * @param {Record<string, string | undefined>} defaults every accepted name with its default;
 *     undefined means that it may be absent
 */
export function readArguments(defaults) {
  const given = { ...defaults };
  const words = process.argv.slice(2);
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i].replace(/^--/, '');
    if (!words[i].startsWith('--') || !(name in defaults) || words[i + 1] === undefined) {
      console.error(`usage: ${Object.keys(defaults).map((each) => `[--${each} VALUE]`).join(' ')}`);
      process.exit(64);
    }
    given[name] = words[i + 1];
  }
  return given;
}

/** The value of an argument without which nothing works. */
export function required(given, name) {
  if (!given[name]) {
    console.error(`--${name} is required`);
    process.exit(64);
  }
  return given[name];
}
