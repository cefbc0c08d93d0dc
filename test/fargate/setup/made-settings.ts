// What a person chose, and what a stack says, where a test is about something else.
import type { FargateSettings, GivenFargate } from '../../../src/fargate/setup/settings.ts'

export function given(changes: Partial<GivenFargate> = {}): GivenFargate {
  return {
    stack: '',
    regions: [{ region: 'eu-central-1', share: 1 }],
    cluster: '',
    taskDefinition: '',
    subnets: [],
    securityGroups: [],
    publicAddress: 'auto',
    bucket: '',
    workers: 'auto',
    workerRate: 'auto',
    cpu: 1_024,
    memory: 'auto',
    spot: false,
    maxCost: 10,
    stagger: 0,
    ...changes,
  }
}

export const DIGEST = `sha256:${'a'.repeat(64)}`

export const OUTPUTS: Readonly<Record<string, string>> = {
  Cluster: 'arn:aws:ecs:eu-central-1:123456789012:cluster/loadgate-Cluster-1',
  TaskDefinition: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/loadgate-worker:3',
  Bucket: 'loadgate-bucket-1',
  Subnets: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  SecurityGroups: 'sg-0123456789abcdef0',
  AssignPublicIp: 'ENABLED',
  Image: `registry/loadgate:0.1.0@${DIGEST}`,
  Architecture: 'X86_64',
}

export function settings(changes: Partial<FargateSettings> = {}): FargateSettings {
  return {
    places: [
      {
        region: 'eu-central-1',
        share: 1,
        cluster: 'loadgate',
        taskDefinition: 'loadgate-worker:3',
        container: 'loadgate',
        subnets: ['subnet-0123456789abcdef0'],
        securityGroups: ['sg-0123456789abcdef0'],
        publicAddress: true,
        image: OUTPUTS.Image,
        architecture: 'X86_64',
      },
    ],
    bucket: 'loadgate-bucket-1',
    size: { cpu: 1_024, memory: 2_048 },
    spot: false,
    maxCost: 10,
    stagger: 0,
    ...changes,
  }
}
