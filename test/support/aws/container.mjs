// The container of tests: does what MODE says, and tells where it found itself.
const { MODE = 'wait', ECS_CONTAINER_METADATA_URI_V4: uri } = process.env
const { TaskARN } = await (await fetch(`${uri}/task`)).json()
console.log(`I am ${TaskARN}`)
process.on('SIGTERM', () => {
  console.log('told to stop')
  if (MODE !== 'deaf') process.exit(MODE === 'polite' ? 0 : 143)
})
if (MODE === 'exit') process.exit(Number(process.env.CODE))
setInterval(() => {}, 1000)
