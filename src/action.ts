import { readFile } from 'node:fs/promises'
import { checkedGate } from './checked-gate.ts'
import { exitCodeOfVerdict, LoadgateError, messageOf } from './errors.ts'
import { jobOf } from './github/job.ts'
import { optionsFromAction } from './inputs.ts'
import { neutralise } from './output/neutralise.ts'
import { createOutput } from './output/output.ts'
import { uploadReport } from './publish/artifact.ts'
import { maySaveBaseline, readEvent, refusePrivileged } from './publish/event.ts'
import { annotate, finish, maskSecret, readInput, saveState, setOutput } from './publish/runner.ts'
import { publishStored } from './publish-stored.ts'
import { nameOf, publishersFor } from './publishers.ts'
import { annotationsOfMistakes } from './report/annotations.ts'
import { runEntry } from './run-entry.ts'
import type { ServiceProcess } from './service/process-group.ts'
import { isAccepted } from './trust/label.ts'
import { changeOf } from './versions/change.ts'

const { env } = process
const output = createOutput({ stdout: process.stdout, stderr: process.stderr, github: true })
let failure: string | undefined

const exitCode = await runEntry(output, gateHere, { onError: annotateError })
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
  const { publishFromRun, githubToken: token } = options
  if (publishFromRun !== undefined) return publishStored(publishFromRun, { event, job, token, output, signal })
  refusePrivileged(event)
  const pullRequest = event.kind === 'pull_request' ? event : undefined
  const services: ServiceProcess[] = []
  const { verdict, files } = await checkedGate(options, job, {
    output,
    env,
    signal,
    mask,
    publishers: publishersFor(event, job, options, { output, signal, env }),
    savesByItself: maySaveBaseline(event),
    commit: pullRequest?.headSha ?? job.commit,
    change: pullRequest?.title ?? (await changeOf({ directory: process.cwd(), env, signal }, 'HEAD')),
    url: job.url,
    pullRequest,
    accepted: pullRequest !== undefined && isAccepted(pullRequest.labels, options.acceptLabel),
    onService: (service) => {
      services.push(service)
      saveState('services', JSON.stringify(services))
    },
    onCheckout: (checkout) => saveState('checkout', JSON.stringify(checkout)),
    onFargate: (run) => saveState('fargate', JSON.stringify(run ?? null)),
  })
  if (files && options.reportDir) {
    setOutput('report-path', files.markdown ?? '')
    setOutput('result-path', files.json ?? '')
    // Last: the library writes its progress to the log itself.
    const problem = await uploadReport({ directory: options.reportDir, name: nameOf(options.profile), env })
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
