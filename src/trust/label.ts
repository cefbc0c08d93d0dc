/**
 * Whether a pull request carries the label that accepts its changes. Labels are of the event's `pull_request.labels`, which
 * come from GitHub and not from the pull request's author: setting one takes the permission to triage.
 * @param wanted undefined or empty where no label accepts anything
 */
export function isAccepted(labels: unknown, wanted: string | undefined): boolean {
  const name = wanted?.trim().toLowerCase()
  if (!name || !Array.isArray(labels)) return false
  // GitHub holds two labels that differ in case only for the same.
  return labels.some((label: unknown) => nameOf(label)?.toLowerCase() === name)
}

function nameOf(label: unknown): string | undefined {
  if (typeof label !== 'object' || label === null || !('name' in label)) return undefined
  return typeof label.name === 'string' ? label.name : undefined
}
