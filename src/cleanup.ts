// The action's post step: stops the service if the main step was killed before it could.
import { createOutput } from './output/output.ts'
import { getState } from './publish/runner.ts'
import { stopLeftover } from './service/process-group.ts'

const output = createOutput({ stdout: process.stdout, stderr: process.stderr, github: true })
const left = getState('service')
if (left && (await stopLeftover(JSON.parse(left))))
  output.info('Stopped the service that the main step had left running.')
