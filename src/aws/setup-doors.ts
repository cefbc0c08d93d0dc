import type { SetupDoors } from '../fargate/setup/prepare.ts'
import { tryOut } from '../fargate/setup/try-out.ts'

/** The real AWS. Its SDK is loaded when it is asked, and not before: that takes as long as loading everything else. */
export const askAws: SetupDoors = {
  identity: async (region) => (await import('./sts.ts')).callerIn(region),
  outputs: async (stack, region) => (await import('./cloudformation.ts')).stackOutputs(stack, region),
  quota: async (region, spot) => (await import('./service-quotas.ts')).vcpuQuota(region, spot),
  tries: async (settings) => tryOut((await import('./coordinator-doors.ts')).openForTrial(settings)),
}
