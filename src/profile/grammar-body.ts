import { fileBeside, json, name, plainKey, template, text, type Words } from './grammar-values.ts'
import { described, dictionary, either, list, map } from './schema.ts'

// What a request carries: the bodies that are more than a text.

const FileBody = described(
  map({ file: fileBeside({ description: 'File that is sent as it is.', examples: ['image.bin'] }) }),
  {
    type: 'a map',
    description: 'A file beside the profile, sent as it is.',
    examples: ['{ file: image.bin }'],
  },
)

/** A text, or a file. */
export const body = (words: Words) =>
  described(either([template({ description: 'Text, sent as it is.' }), FileBody]), {
    type: 'text, or a file: `{ file: image.bin }`',
    ...words,
  })

const PartText = template({ description: 'Text of a field.' })

const FilePart = described(
  map({
    file: fileBeside({
      description:
        'File beside the profile or below it, sent as it is. All files of a profile together have at most 32 MB.',
      examples: ['photo.jpg'],
    }),
    type: text({
      description: 'Its content type.',
      default: 'application/octet-stream',
      examples: ['image/jpeg'],
    }).optional(),
    name: text({
      description: 'File name that is told to the service.',
      default: 'that of the file',
      examples: ['portrait.jpg'],
    }).optional(),
  }),
  {
    type: 'a map',
    description: 'A file in a form.',
    examples: ['{ file: photo.jpg, type: image/jpeg }'],
  },
)

export const Multipart = described(
  dictionary(
    plainKey,
    described(
      either([
        PartText,
        FilePart,
        list(described(either([PartText, FilePart]), { type: 'text, or a file', description: 'One of several.' })),
      ]),
      {
        type: 'text, a file, or a list of them',
        description: 'A field; several of the same name where it is a list.',
      },
    ),
  ),
  {
    type: 'a map of names to texts and files',
    description: 'Body, sent as a form with files (`multipart/form-data`), as a browser uploads them.',
    examples: ['{ photo: { file: photo.jpg, type: image/jpeg }, title: "${uuid()}" }'],
  },
)

export const GraphQl = described(
  map({
    query: template({
      description: 'The document, with `$name` for its variables.',
      examples: ['"query Orders($first: Int!) { orders(first: $first) { id } }"'],
    }).optional(),
    file: fileBeside({
      description: 'File with the document, instead of `query`.',
      examples: ['orders.graphql'],
    }).optional(),
    variables: json({
      description: 'Values of its variables.',
      examples: ['{ first: 10, user: "${userId}" }'],
    }).optional(),
    operation: name({
      description: 'Which operation of the document is meant, where there are several (`operationName`).',
      examples: ['Orders'],
    }).optional(),
  }),
  {
    type: 'a map',
    description:
      'Body, sent as a GraphQL request. An answer with `errors` is a failure, whatever its status, unless `expect` looks for a value of them.',
    examples: ['{ query: "query Me { me { id } }" }', '{ file: orders.graphql, variables: { first: 10 } }'],
  },
)
