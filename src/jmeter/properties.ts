/**
 * What a JTL must have in it to be judged, whatever the properties of the installation say. Flushed line by line: what
 * somebody waits for while it runs, or what is left of a run that had to be killed.
 */
const SAVED: Readonly<Record<string, string>> = {
  output_format: 'csv',
  default_delimiter: ',',
  print_field_names: 'true',
  timestamp_format: 'ms',
  timestamp: 'true',
  time: 'true',
  label: 'true',
  response_code: 'true',
  response_message: 'true',
  successful: 'true',
  thread_counts: 'true',
  bytes: 'true',
  sent_bytes: 'true',
  latency: 'true',
  connect_time: 'true',
  thread_name: 'false',
  data_type: 'false',
  url: 'false',
  filename: 'false',
  hostname: 'false',
  sample_count: 'false',
  idle_time: 'false',
  assertion_results_failure_message: 'false',
  assertions: 'false',
  subresults: 'true',
  autoflush: 'true',
}

/** One of several that send the same script. */
export interface WorkerNumber {
  /** From 1. */
  readonly number: number
  readonly of: number
}

/** What the script reads of where it sends, and by which of the workers it is sent. */
export function targetProperties(target: string, { number, of }: WorkerNumber): Readonly<Record<string, string>> {
  const { protocol, hostname, port, pathname } = new URL(target)
  const scheme = protocol.slice(0, -1)
  return {
    'loadgate.target': target,
    'loadgate.protocol': scheme,
    'loadgate.host': hostname,
    'loadgate.port': port || (scheme === 'https' ? '443' : '80'),
    'loadgate.path': pathname === '/' ? '' : pathname,
    'loadgate.worker': String(number),
    'loadgate.workers': String(of),
  }
}

/** The file of `jmeter -q`: properties in it count more than those of the installation. The user's own never hide ours. */
export function propertiesText(
  own: Readonly<Record<string, string>>,
  target: Readonly<Record<string, string>>,
): string {
  const saved = Object.entries(SAVED).map(([name, value]) => [`jmeter.save.saveservice.${name}`, value] as const)
  // Else it may wait for threads that somebody forgot, long behind the end of its load.
  const ends = ['jmeterengine.force.system.exit', 'true'] as const
  const all = [...Object.entries(own), ...Object.entries(target), ...saved, ends]
  return all.map(([name, value]) => `${escaped(name)}=${escaped(value)}\n`).join('')
}

/** As java.util.Properties reads it: ISO 8859-1, everything else by its code. */
function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]/g, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
