// The network chart in Chromium over a partnership that is served already:
//
//   node bench/chart.mjs ADDRESS [RUNS [PID]]
//
// ADDRESS is that of `pendeen demo --reports 100000` (http://127.0.0.1:8420).  Starts from one
// vehicle, and from forty at once (up to 500 things), and prints what the server takes for the
// page, which holds the chart's data, when the first drawing stands (since the page was asked for),
// how long the script takes to put things in their places and draw them, and the same without
// JavaScript.  Best and median of the runs; with the server's PID, its processor time too.
import { address, browser, context, machine, page, pid, runs, said, serverUsed, signIn, taken } from './browser.mjs'

// Processor time of the page's own thread, whatever else the machine does.
const meter = await context.newCDPSession(page)
await meter.send('Performance.enable', { timeDomain: 'threadTicks' })
const used = async () => (await meter.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000

await signIn()
const ids = []
for (const kind of ['vehicle', 'phone']) {
  await page.goto('/entities?kind=' + kind)
  ids.push(...await page.locator('main table a').evaluateAll((links) => links.map((link) => link.getAttribute('href').match(/\d+$/)?.[0]).filter(Boolean)))
}
console.log(machine())
for (const [name, seeds] of [['one vehicle', ids.slice(0, 1)], ['forty at once', ids.slice(0, 40)]]) {
  const query = '?from=' + seeds.join(',')
  const time = { html: [], drawn: [], script: [], thread: [], plain: [], server: [] }
  let count = 0
  for (let run = 0; run < runs; run++) {
    await page.goto('/entities')
    const usedByServer = serverUsed()
    time.html.push(await taken('/network' + query))
    if (pid) time.server.push(serverUsed() - usedByServer)
    await page.goto('about:blank')
    const before = performance.now()
    const usedBefore = await used()
    await page.goto('/network' + query, { waitUntil: 'commit' })
    await page.locator('[data-drawn]').waitFor({ state: 'attached' })
    time.drawn.push(performance.now() - before)
    time.thread.push(await used() - usedBefore)
    count = await page.locator('[data-drawn]').getAttribute('data-drawn')
    const measured = await page.evaluate(() => performance.getEntriesByName('chart drawn')[0]?.duration)
    if (measured !== undefined) time.script.push(measured)
  }
  const still = await browser.newContext({ baseURL: address, javaScriptEnabled: false, storageState: await context.storageState() })
  const plain = await still.newPage()
  for (let run = 0; run < runs; run++) {
    const before = performance.now()
    await plain.goto('/network' + query, { waitUntil: 'commit' })
    await plain.locator('svg.pendeen-network .pendeen-node').first().waitFor()
    time.plain.push(performance.now() - before)
  }
  await still.close()
  console.log(`${name}: ${count} things`)
  console.log(`  page with all its data   ${said(time.html)}`)
  console.log(`  the server's processor   ${said(time.server)}`)
  console.log(`  laid out and drawn in    ${said(time.script)}`)
  console.log(`  first drawing            ${said(time.drawn)}`)
  console.log(`  the page's own thread    ${said(time.thread)}`)
  console.log(`  without JavaScript       ${said(time.plain)}`)
}
await browser.close()
