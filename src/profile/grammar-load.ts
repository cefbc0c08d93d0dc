import { anyLevel, duration, HOUR, LONGEST_LOAD, rate, users } from './grammar-values.ts'
import { described, list, map } from './schema.ts'

const Stage = described(
  map({
    rate: rate({ description: 'Arrivals at the start of the stage (open model).', examples: ['50/s'] }).optional(),
    users: users({ description: 'Users at the start of the stage (closed model).', examples: ['10'] }).optional(),
    to: anyLevel({
      description: 'Level at the end of the stage, reached in a straight line. Left out, the stage is constant.',
      examples: ['200/s'],
    }).optional(),
    for: duration(1, LONGEST_LOAD, { description: 'Length of the stage.', examples: ['30s'] }),
  }),
  { type: 'a map', description: 'One straight piece of the load.', examples: ['{ rate: 50/s, to: 200/s, for: 30s }'] },
)

const Steps = described(
  map({
    rate: rate({ description: 'First level (open model).', examples: ['10/s'] }).optional(),
    users: users({ description: 'First level (closed model).', examples: ['10'] }).optional(),
    add: anyLevel({ description: 'How much each step adds.', examples: ['10/s'] }),
    every: duration(1, LONGEST_LOAD, { description: 'Length of each step.', examples: ['30s'] }),
    until: anyLevel({
      description: 'Highest level; it is held to the end. Left out, steps are added to the end.',
      examples: ['100/s'],
    }).optional(),
    for: duration(1, LONGEST_LOAD, { description: 'Length of all steps together.', examples: ['5m'] }),
  }),
  {
    type: 'a map',
    description: 'A staircase.',
    examples: ['{ rate: 10/s, add: 10/s, every: 30s, until: 100/s, for: 5m }'],
  },
)

const LevelAt = described(
  map({
    at: duration(0, LONGEST_LOAD, { description: 'When the level begins. The first is at 0s.', examples: ['30s'] }),
    rate: rate({ description: 'Arrivals from then on (open model).', examples: ['50/s'] }).optional(),
    users: users({ description: 'Users from then on (closed model).', examples: ['50'] }).optional(),
  }),
  { type: 'a map', description: 'A level and when it begins.', examples: ['{ at: 0s, rate: 10/s }'] },
)

const FIELDS = {
  'warm-up': duration(0, HOUR, {
    description: 'Sent before the load begins, at its first level, and not measured.',
    default: '0s',
    examples: ['10s'],
  }).optional(),
  rate: rate({
    description: 'Arrivals of new iterations, whether or not earlier ones are answered (open model).',
    examples: ['50/s'],
  }).optional(),
  users: users({
    description: 'Users at the same time, each waiting for its answers (closed model).',
    examples: ['50'],
  }).optional(),
  to: anyLevel({ description: 'Level at the end, reached in a straight line.', examples: ['200/s'] }).optional(),
  for: duration(1, LONGEST_LOAD, {
    description: 'Length of the load; not with `stages` and `steps`, which have their own.',
    examples: ['60s'],
  }).optional(),
  stages: described(list(Stage), {
    type: 'a list of stages',
    description: 'Straight pieces, one after the other. One may begin elsewhere than the one before ended.',
  }).optional(),
  steps: Steps.optional(),
  levels: described(list(LevelAt), {
    type: 'a list of levels',
    description: 'Given levels at given times, each held until the next, the last one to the end of `for`.',
  }).optional(),
}

const DIRECTLY = '`rate` or `users` directly, or one of `stages`, `steps` and `levels`.'

export const LoadSection = described(
  map(FIELDS, {
    oneOf: [
      { required: ['rate', 'for'], not: { required: ['users'] } },
      { required: ['users', 'for'], not: { required: ['rate'] } },
      { required: ['stages'] },
      { required: ['steps'] },
      { required: ['levels', 'for'] },
    ],
  }),
  {
    type: 'a map',
    description: `How much is sent, and when: ${DIRECTLY}`,
    examples: ['{ rate: 50/s, for: 60s }', '{ users: 10, to: 200, for: 2m }'],
  },
)

/** Of one scenario. */
export const OwnLoadSection = described(
  map(
    {
      after: duration(0, LONGEST_LOAD, {
        description: 'How long after the beginning of the measurement it begins.',
        default: '0s',
        examples: ['30s'],
      }).optional(),
      ...FIELDS,
      'warm-up': duration(0, HOUR, {
        description:
          'Sent right before this load begins, at its first level, and not measured. Loads that begin at once are all warmed up for as long as the longest of them says.',
        default: '0s',
        examples: ['10s'],
      }).optional(),
      for: duration(1, LONGEST_LOAD, {
        description:
          'Length of the load; not with `stages` and `steps`, which have their own. Left out, it lasts as long as the `load` of the profile.',
        examples: ['60s'],
      }).optional(),
    },
    {
      oneOf: [
        { required: ['rate'], not: { required: ['users'] } },
        { required: ['users'], not: { required: ['rate'] } },
        { required: ['stages'] },
        { required: ['steps'] },
        { required: ['levels'] },
      ],
    },
  ),
  {
    type: 'a map',
    description: `A load of this scenario alone, beside the others: ${DIRECTLY} It is then not among those that the \`load\` of the profile chooses from.`,
    examples: ['{ rate: 5/s }', '{ after: 30s, users: 20, for: 60s }'],
  },
)
