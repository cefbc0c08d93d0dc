// A task on Fargate: carries one shard, from the orders that LOADGATE_ORDERS names to its uploaded result.
// Before anything else, what ends it whatever happens; the orders soon say how long it may really take.
const FIRST_LIFETIME = 15 * 60_000
const LEAVE_WITHIN = 9_000
let lifetime = setTimeout(endOfLife, FIRST_LIFETIME)

const { EXIT_CODES, Leaving } = await import('./fargate/worker/ends.ts')
const leave = new AbortController()
let asked = false
for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.on(name, () => {
    log(`${name}: leaving`)
    // The first one may come while the control's word is being followed: the result is on its way then.
    if (asked) process.exit(EXIT_CODES.interrupted)
    asked = true
    leave.abort(new Leaving('interrupted', `interrupted by ${name}`))
  })
leave.signal.addEventListener('abort', () => {
  const { reason } = leave.signal
  const kind = reason instanceof Leaving ? reason.end.kind : 'failed'
  setTimeout(() => process.exit(EXIT_CODES[kind]), LEAVE_WITHIN)
})

const { startTask } = await import('./fargate/worker/start-task.ts')
const { kind, words } = await startTask({ env: process.env, leave, log, onLifetime })
log(`${kind}: ${words}`)
process.exit(EXIT_CODES[kind])

function onLifetime(time: number): void {
  clearTimeout(lifetime)
  lifetime = setTimeout(endOfLife, Math.max(0, time - performance.now()))
}

function endOfLife(): void {
  log('overtime: its lifetime is over')
  // The table of exit codes may not be loaded yet.
  process.exit(16)
}

/** One line: its text may come from elsewhere, and no address that is signed for this task may stand in it. */
function log(line: string): void {
  process.stdout.write(
    `${line
      .replace(/https?:\S+/g, '(address)')
      .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
      .slice(0, 1_000)}\n`,
  )
}
