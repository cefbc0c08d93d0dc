import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { LoadgateError } from '../errors.ts'
import type { Ms } from '../units.ts'
import { ASKS_LITTLE, explained } from './explain.ts'

// Service Quotas, AWS Fargate: "Fargate On-Demand vCPU resource count" and "Fargate Spot vCPU resource count".
const ON_DEMAND = 'L-3032A538'
const SPOT = 'L-36FBB829'

/** For all tries together: it is good to know, and no run waits long for it. */
const PATIENCE: Ms = 5_000

/** How many vCPUs of Fargate the account may have at once in a region. Throws LoadgateError `infrastructure`. */
export function vcpuQuota(region: string, spot: boolean): Promise<number> {
  const client = new ServiceQuotasClient({ ...ASKS_LITTLE, region })
  const about = `AWS Service Quotas in ${region}`
  return explained({ about, permission: 'servicequotas:GetServiceQuota' }, async () => {
    const command = new GetServiceQuotaCommand({ ServiceCode: 'fargate', QuotaCode: spot ? SPOT : ON_DEMAND })
    const { Quota } = await client.send(command, { abortSignal: AbortSignal.timeout(PATIENCE) })
    const { Value, ErrorReason } = Quota ?? {}
    // Beside such a reason there may be a value, which then need not be the account's.
    if (Value === undefined || !(Value >= 0) || ErrorReason !== undefined)
      throw new LoadgateError('infrastructure', `${about} did not say how many vCPUs there may be`, {
        hint: 'Look at Service Quotas in the console.',
      })
    return Value
  }).finally(() => client.destroy())
}
