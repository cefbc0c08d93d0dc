// What may go wrong with a task, as plain data.

export interface TaskFault {
  /** By the order in which they were started, from 0, since the server began. */
  readonly tasks: readonly number[] | 'all'
  readonly kind: TaskFaultKind
}

export type TaskFaultKind =
  /** Never gets further than this, until it is stopped. */
  | { readonly stuck: 'PROVISIONING' | 'PENDING' | 'ACTIVATING' }
  /** Does not start, with the reason that ECS gives. */
  | { readonly fails: keyof typeof START_FAILURES }
  /** Ended by AWS so many ms after its container began. */
  | { readonly ended: keyof typeof ENDINGS; readonly after: number }
  /** The container is killed (by the kernel, for its memory, or by nobody knows whom) so many ms after it began. */
  | { readonly killed: 'out of memory' | 'crash'; readonly after: number }
  /** The container has ended, and the task says RUNNING until it is stopped. */
  | 'ignores exit'
  /** So many calls of StopTask are answered, and nothing comes of it. */
  | { readonly stopsLost: number }
  /** DescribeTasks and ListTasks do not know it for so many ms more. */
  | { readonly unseen: number }

export const START_FAILURES = {
  image: {
    at: 'PENDING',
    reason:
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/library/loadgate:missing: not found',
  },
  network: { at: 'PROVISIONING', reason: 'Timeout waiting for network interface provisioning to complete.' },
  resource: {
    at: 'PENDING',
    reason:
      'ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition.',
  },
} as const

export const ENDINGS = {
  spot: { stopCode: 'SpotInterruption', reason: 'Your Spot Task was interrupted.' },
  maintenance: {
    stopCode: 'TerminationNotice',
    reason: 'ECS is performing maintenance on the underlying infrastructure hosting the task.',
  },
  hardware: { stopCode: 'InfrastructureHealth', reason: 'Task stopped due to an infrastructure failure.' },
} as const

export type LaunchFault = {
  /** Of the tasks asked for, these many start before. */
  readonly skip?: number
  /** And these many do not; all if left out. */
  readonly times?: number
  readonly reason: string
  readonly detail?: string
}

/** Reasons in `failures[]` of a RunTask that is answered with 200. */
export const LAUNCH_REASONS = {
  capacity: 'Capacity is unavailable at this time. Please try again later or in a different availability zone',
  vcpus: "You've reached the limit on the number of vCPUs you can run concurrently",
  size: 'The requested CPU configuration is above your limit',
  interface: 'RESOURCE:ENI',
} as const
