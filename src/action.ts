import { readFile } from 'node:fs/promises'
import { exitCodeOfVerdict, LoadgateError, messageOf } from './errors.ts'
import { gate } from './gate.ts'
import { type Job, jobOf } from './github/job.ts'
import { optionsFromAction } from './inputs.ts'
import { neutralise } from './output/neutralise.ts'
import { createOutput } from './output/output.ts'
import { uploadReport } from './publish/artifact.ts'
import { maySaveBaseline, type RunEvent, readEvent, refusePrivileged } from './publish/event.ts'
import { commentsOf } from './publish/github.ts'
import { type CommentTarget, githubPublisher } from './publish/github-publisher.ts'
import { annotate, finish, maskSecret, readInput, saveState, setOutput, writeSummary } from './publish/runner.ts'
import { annotationsOfMistakes } from './report/annotations.ts'
import { runEntry } from './run-entry.ts'
import type { ServiceProcess } from './service/process-group.ts'

const { env } = process
const output = createOutput({ stdout: process.stdout, stderr: process.stderr, github: true })
let failure: string | undefined

const exitCode = await runEntry(output, gateHere, annotateError)
finish(exitCode, failure && output.redact(neutralise(failure)))

async function gateHere(signal: AbortSignal): Promise<number> {
  const options = optionsFromAction(readInput)
  const mask = (secret: string) => {
    output.mask(secret)
    maskSecret(secret)
  }
  if (options.githubToken) mask(options.githubToken)
  const job = jobOf(env)
  const event = await readEvent(env, (path) => readFile(path, 'utf8'))
  refusePrivileged(event)
  const runner = { setOutput, writeSummary, annotate }
  const services: ServiceProcess[] = []
  const { verdict, files } = await gate(options, {
    output,
    env,
    signal,
    mask,
    publisher: githubPublisher({ runner, comment: commentTarget(event, job, options), redact: output.redact, signal }),
    savesByItself: maySaveBaseline(event),
    commit: event.kind === 'pull_request' ? event.headSha : job.commit,
    url: job.url,
    pullRequest: event.kind === 'pull_request' ? event : undefined,
    onService: (service) => {
      services.push(service)
      saveState('services', JSON.stringify(services))
    },
    onCheckout: (checkout) => saveState('checkout', JSON.stringify(checkout)),
  })
  if (files && options.reportDir) {
    setOutput('report-path', files.markdown ?? '')
    setOutput('result-path', files.json ?? '')
    // Last: the library writes its progress to the log itself.
    const name = options.profile.replace(/\.ya?ml$/, '')
    const problem = await uploadReport({ directory: options.reportDir, name, env })
    if (problem) output.warning(problem)
  }
  const code = exitCodeOfVerdict(verdict.outcome, options.onInconclusive)
  if (code !== 0 && !signal.aborted) failure = `Loadgate: ${verdict.outcome}: ${verdict.reason}`
  return code
}

/** Beside the log, which few open: the page of the run and the files of the pull request show annotations alone. */
function annotateError(error: unknown): void {
  const mistakes = error instanceof LoadgateError ? error.mistakes : []
  if (mistakes.length === 0) failure = `Loadgate: ${messageOf(error)}`
  for (const annotation of annotationsOfMistakes(mistakes))
    annotate({ ...annotation, message: output.redact(annotation.message) })
}

function commentTarget(
  event: RunEvent,
  { owner, repo, apiUrl, runId, attempt }: Job,
  { comment, githubToken }: { readonly comment: boolean; readonly githubToken: string | undefined },
): CommentTarget | undefined {
  if (!comment || !githubToken || event.kind !== 'pull_request') return undefined
  const { number } = event
  const comments = commentsOf({ owner, repo, number }, { token: githubToken, apiUrl })
  return { comments, number, stamp: { runId, attempt } }
}
