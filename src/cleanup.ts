// The action's post step: stops the services and removes the checkout that the main step left if it was killed before it could.
import { createOutput } from './output/output.ts'
import { getState } from './publish/runner.ts'
import { type ServiceProcess, stopLeftover } from './service/process-group.ts'
import { type Checkout, removeCheckout } from './versions/checkout.ts'

const output = createOutput({ stdout: process.stdout, stderr: process.stderr, github: true })
const services: readonly ServiceProcess[] = JSON.parse(getState('services') || '[]')
const checkout: Checkout | undefined = JSON.parse(getState('checkout') || 'null') ?? undefined
for (const service of services)
  if (await stopLeftover(service)) output.info('Stopped a service that the main step had left running.')
if (checkout) await removeCheckout(checkout)
