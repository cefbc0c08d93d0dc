/** What is asked; it alone says how many requests there were. */
export interface Server {
  readonly name: string
  readonly port: number
  /** Since its start. */
  requests(): Promise<number>
  stop(): Promise<void>
}
