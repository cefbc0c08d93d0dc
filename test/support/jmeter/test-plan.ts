// Test plans as JMeter 5.6 writes them.
export interface MadePlan {
  /** A number, or a property of JMeter. */
  readonly users?: number | string
  /** -1 for ever. */
  readonly loops?: number | string
  readonly paths?: readonly string[]
  /** After each request, in milliseconds. */
  readonly pause?: number
  readonly csv?: string
  /** Behind them, as XML. */
  readonly more?: string
}

const prop = (kind: 'string' | 'int' | 'bool', name: string, value: string | number | boolean) =>
  `<${kind}Prop name="${name}">${value}</${kind}Prop>`

export function testPlan({ users = 2, loops = 50, paths = ['/'], pause, csv, more = '' }: MadePlan = {}): string {
  const samplers = paths.map(
    (
      path,
    ) => `<HTTPSamplerProxy guiclass="HttpTestSampleGui" testclass="HTTPSamplerProxy" testname="GET ${path}" enabled="true">
          ${prop('string', 'HTTPSampler.domain', '${__P(loadgate.host)}')}
          ${prop('string', 'HTTPSampler.port', '${__P(loadgate.port)}')}
          ${prop('string', 'HTTPSampler.protocol', '${__P(loadgate.protocol)}')}
          ${prop('string', 'HTTPSampler.path', `\${__P(loadgate.path,)}${path}`)}
          ${prop('string', 'HTTPSampler.method', 'GET')}
          ${prop('bool', 'HTTPSampler.use_keepalive', true)}
        </HTTPSamplerProxy>
        <hashTree/>`,
  )
  const timer = `<ConstantTimer guiclass="ConstantTimerGui" testclass="ConstantTimer" testname="Pause" enabled="true">
          ${prop('string', 'ConstantTimer.delay', pause ?? 0)}
        </ConstantTimer>
        <hashTree/>`
  const data = `<CSVDataSet guiclass="TestBeanGUI" testclass="CSVDataSet" testname="Rows" enabled="true">
          ${prop('string', 'filename', csv ?? '')}
          ${prop('string', 'variableNames', 'name')}
        </CSVDataSet>
        <hashTree/>`
  return `<?xml version="1.0" encoding="UTF-8"?>
<jmeterTestPlan version="1.2" properties="5.0" jmeter="5.6.3">
  <hashTree>
    <TestPlan guiclass="TestPlanGui" testclass="TestPlan" testname="Load" enabled="true"/>
    <hashTree>
      <ThreadGroup guiclass="ThreadGroupGui" testclass="ThreadGroup" testname="Users" enabled="true">
        ${prop('string', 'ThreadGroup.on_sample_error', 'continue')}
        <elementProp name="ThreadGroup.main_controller" elementType="LoopController">
          ${prop('bool', 'LoopController.continue_forever', false)}
          ${prop('string', 'LoopController.loops', loops)}
        </elementProp>
        ${prop('string', 'ThreadGroup.num_threads', users)}
        ${prop('string', 'ThreadGroup.ramp_time', 0)}
      </ThreadGroup>
      <hashTree>
        ${csv === undefined ? '' : data}
        ${samplers.join('\n        ')}
        ${pause === undefined ? '' : timer}
        ${more}
      </hashTree>
    </hashTree>
  </hashTree>
</jmeterTestPlan>
`
}
