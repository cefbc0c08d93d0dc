/** Something about a run on Fargate that is known before it costs anything. */
export interface Finding {
  /** `stop`: the run must not start; `warning`: it may, and this may go wrong; `note`: good to know. */
  readonly level: 'stop' | 'warning' | 'note'
  readonly what: string
  /** The input, the output of the stack, or the service that it is about. */
  readonly where: string
  /** What to do about it. */
  readonly remedy: string
}
