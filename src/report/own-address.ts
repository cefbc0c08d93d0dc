/** Whether an address, which comes from the environment, is of the form that those of a forge have: nothing in it ends a link. */
export function isOwnAddress(url: string): boolean {
  return /^https:\/\/[\w.:-]+(?:\/[\w.-]+)+$/.test(url)
}
