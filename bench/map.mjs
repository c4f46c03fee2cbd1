// The map in Chromium over a partnership that is served already:
//
//   node bench/map.mjs ADDRESS [RUNS [PID]]
//
// ADDRESS is that of `pendeen demo --reports 100000` (http://127.0.0.1:8420), just started: the
// first reading, in which the server looks where everything is, is one of the things measured.
// Prints what the server takes for the map's data then and later, for the page, for a list, when
// the first drawing stands (since the page was asked for), how soon a step of the slider is drawn,
// and the same without JavaScript.  Best and median of the runs; with the server's PID, its
// processor time too.
import { address, browser, context, machine, page, pid, runs, said, serverUsed, signIn, taken } from './browser.mjs'

await signIn()
console.log(machine())
await taken('/submissions') // what the session reads at its first page
const before = serverUsed()
console.log(`  first reading            ${(await taken('/map/data.json')).toFixed(0)} ms, processor ${(serverUsed() - before).toFixed(0)} ms`)

const time = { data: [], marks: [], server: [], html: [], list: [], drawn: [], step: [], plain: [] }
const town = await page.evaluate(async () => (await (await fetch('/map/data.json')).json()).rows.find((row) => !row.area).href)
for (let run = 0; run < runs; run++) {
  time.data.push(await taken('/map/data.json'))
  const used = serverUsed()
  time.marks.push(await taken('/map/data.json?chosen=yes&submissions=yes&missing=yes&locations=yes&density=yes&marks=only&zoom=9'))
  if (pid) time.server.push(serverUsed() - used)
  time.html.push(await taken('/map'))
  time.list.push(await taken(town))
}
for (let run = 0; run < runs; run++) {
  await page.goto('about:blank')
  const started = performance.now()
  await page.goto('/map', { waitUntil: 'commit' })
  await page.locator('.pendeen-map__dot').first().waitFor()
  time.drawn.push(performance.now() - started)
  await page.locator('[data-drawn]').waitFor({ state: 'attached' })
  time.step.push(await page.evaluate(() => new Promise((resolve) => {
    const told = document.getElementById('map-told')
    const months = document.getElementById('months')
    const started = performance.now()
    new MutationObserver(() => resolve(performance.now() - started)).observe(told, { childList: true, characterData: true, subtree: true })
    months.value = '6'
    months.dispatchEvent(new Event('input', { bubbles: true }))
  })))
}
const count = await page.locator('.pendeen-map__dot').count()
const still = await browser.newContext({ baseURL: address, javaScriptEnabled: false, storageState: await context.storageState() })
const plain = await still.newPage()
for (let run = 0; run < runs; run++) {
  const started = performance.now()
  await plain.goto('/map', { waitUntil: 'commit' })
  await plain.locator('svg .pendeen-map__link').first().waitFor()
  time.plain.push(performance.now() - started)
}
console.log(`  data from the server     ${said(time.data)}`)
console.log(`  marks of a zoom          ${said(time.marks)}`)
console.log(`  its processor time       ${said(time.server)}`)
console.log(`  page from the server     ${said(time.html)}`)
console.log(`  list behind a mark       ${said(time.list)}`)
console.log(`  first drawing            ${said(time.drawn)}, ${count} marks`)
console.log(`  a step of the slider     ${said(time.step)}, with a pause of 150 ms`)
console.log(`  without JavaScript       ${said(time.plain)}`)
await browser.close()
