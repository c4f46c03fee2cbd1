// The map: at three zooms, by its slider, with shades and tiles, by keyboard; the list behind a
// mark; without JavaScript the drawing, the table and the lists.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { checkAccessibility, checkFits, NARROW, picture, visit, WIDE } from './support.mjs'

const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64')

// A tile server that notes what it is asked; `broken`: it answers nothing of use.
export async function startTiles () {
  const asked = []
  const tiles = { asked, broken: false }
  const server = createServer((request, response) => {
    asked.push({ path: request.url, headers: request.headers })
    response.writeHead(tiles.broken ? 500 : 200, { 'Content-Type': 'image/png', 'Access-Control-Allow-Origin': '*' })
    response.end(tiles.broken ? '' : PIXEL)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  tiles.address = `http://127.0.0.1:${server.address().port}`
  tiles.stop = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve) })
  return tiles
}

const drawn = (page) => page.locator('[data-drawn]').waitFor()
const told = (page) => page.locator('#map-told').textContent()
const totals = (page) => page.locator('#map-table tbody tr').evaluateAll((rows) => rows.map((row) => row.textContent).join('|'))
const changed = (page, what, before) => page.waitForFunction(([where, words]) => document.querySelector(where).textContent !== words, [what, before])

export async function map (server) {
  await test('the map parts its marks as one comes closer, and goes back in time with its table', async () => {
    const visitor = await visit(server)
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await page.goto('/map')
    await drawn(page)
    await page.locator('.pendeen-map__stage').scrollIntoViewIfNeeded()
    const counts = []
    for (let zoom = 0; zoom < 3; zoom++) {
      const now = await page.locator('[data-drawn]').getAttribute('data-drawn')
      counts.push(await page.locator('.pendeen-map__dot').count())
      if (zoom === 2) break
      await page.locator('.leaflet-control-zoom-in').click()
      await page.locator(`[data-drawn="${Number(now) + 1}"]`).waitFor()
    }
    assert.ok(counts[0] > 1 && counts[0] < counts[2], counts.join())
    const before = await told(page)
    const table = await totals(page)
    await page.locator('#months').focus()
    await page.keyboard.press('End')
    await changed(page, '#map-told', before)
    assert.notEqual(await totals(page), table, 'the table goes with the slider')
    assert.match(await told(page), /^Up to \d+ \w+ 20\d\d: /)
    assert.equal(await page.locator('#months').getAttribute('aria-valuetext'), await told(page))
    assert.match(page.url(), /months=24/, 'whoever comes back finds it so')
    await checkAccessibility(page, 'the map')
    await visitor.leave()
  })

  await test('shades say how much lies where, and go when they are not wanted', async () => {
    const visitor = await visit(server)
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await page.goto('/map')
    await drawn(page)
    assert.equal(await page.locator('.pendeen-map__stage .pendeen-map__shade').count(), 0)
    await page.getByLabel('Shades of how much lies where').check()
    await page.locator('#map-legend li').first().waitFor()
    const squares = await page.locator('.pendeen-map__stage .pendeen-map__shade').count()
    assert.ok(squares > 3 && squares <= await page.locator('#map-table tbody tr').count(), 'never more than there are places')
    await checkAccessibility(page, 'the map with shades')
    for (const size of [NARROW, WIDE]) {
      await page.setViewportSize(size)
      await checkFits(page, 'the map')
    }
    await picture(page, 'map', { part: '.pendeen-map' })
    await page.getByLabel('Shades of how much lies where').uncheck()
    await page.waitForFunction(() => !document.querySelector('.pendeen-map__stage .pendeen-map__shade'))
    assert.equal(await page.locator('#map-legend li').count(), 0)
    await visitor.leave()
  })

  await test('a mark opens its list by keyboard; one of several towns leads to both', async () => {
    const visitor = await visit(server)
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await page.goto('/map')
    await drawn(page)
    const several = page.locator('.pendeen-map__dot[aria-label*="near it"]').first()
    const name = await several.getAttribute('aria-label')
    await several.focus()
    await page.keyboard.press('Enter')
    await page.locator('.pendeen-map__note').waitFor()
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Open the list')
    await checkAccessibility(page, 'the note of a mark')
    await page.keyboard.press('Escape')
    await page.locator('.pendeen-map__note').waitFor({ state: 'detached' })
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), name, 'back at the mark')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    const zoom = await page.locator('[data-drawn]').getAttribute('data-drawn')
    await page.keyboard.press('Enter')
    await page.waitForFunction((was) => Number(document.querySelector('[data-drawn]').dataset.drawn) > Number(was), zoom)
    await page.goto('/map')
    await drawn(page)
    await several.focus()
    await page.keyboard.press('Enter')
    await page.locator('.pendeen-map__note a').press('Enter')
    await page.getByRole('heading', { level: 1, name: /near it$/ }).waitFor()
    const shown = await page.locator('main tbody tr').count()
    const counted = Number(name.match(/^\d+/)[0])
    assert.equal(shown, Math.min(counted, shown), 'no more than the mark counts')
    if (counted <= 50) assert.equal(shown, counted)
    await checkAccessibility(page, 'the list of a mark')
    await visitor.leave()
  })

  await test('without JavaScript each mark is a link, the same is a table, and lists go on', async () => {
    const visitor = await visit(server, { javaScriptEnabled: false })
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await page.goto('/map?chosen=yes&submissions=yes&missing=yes&locations=yes&density=yes')
    assert.ok(await page.locator('svg .pendeen-map__link').count() > 3)
    assert.ok(await page.locator('svg .pendeen-map__shade').count() > 3)
    assert.ok(await page.locator('#map-table td:nth-child(3)').evaluateAll((cells) => cells.some((cell) => Number(cell.textContent) > 0)), 'episodes stand at towns')
    await page.locator('#map-table a').first().click()
    assert.match(await page.locator('main table .pendeen-reference').first().textContent(), /^(PEN|MI)-/)
    await page.getByRole('link', { name: 'Map', exact: true }).last().click()
    assert.ok(await page.getByLabel('Shades of how much lies where').isChecked(), 'as it was left')
    await page.locator('#from').fill('1/3/2026')
    await page.locator('#until').fill('1/2/2026')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByRole('link', { name: 'The first day is after the last.' }).waitFor()
    assert.equal(await page.locator('#from').inputValue(), '1/3/2026')
    // All of the area at once: more than one page.
    await page.goto('/map/list?chosen=yes&submissions=yes&town=0&zoom=0')
    const caption = await page.locator('caption').textContent()
    const all = Number(caption.match(/^Submissions, 1 to 50 of (\d+)$/)[1])
    let seen = 0
    for (;;) {
      seen += await page.locator('main tbody tr').count()
      if (!await page.getByRole('link', { name: 'Next page' }).count()) break
      await page.getByRole('link', { name: 'Next page' }).click()
    }
    assert.equal(seen, all, 'page for page, all of them')
    await page.goto('/locations')
    assert.ok(await page.locator('main table a').count() > 3)
    await visitor.leave()
  })

  await test('pages of locations are accessible', async () => {
    const visitor = await visit(server)
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await page.goto('/locations')
    await checkAccessibility(page, 'locations')
    const one = await page.locator('main table a').first().getAttribute('href')
    for (const path of [one, '/locations/new']) {
      await page.goto(path)
      await checkAccessibility(page, path)
    }
    await visitor.leave()
  })
}

// On a partnership whose configuration names a tile server.
export async function tiled (server, tiles) {
  await test('tiles come from the server that the configuration names, which is sent no cookie', async () => {
    const visitor = await visit(server)
    await visitor.signIn('police@example.org')
    const { page } = visitor
    await page.goto('/locations')
    assert.equal(tiles.asked.length, 0)
    await page.goto('/map')
    await page.locator('[data-tiles]').waitFor()
    assert.ok(tiles.asked.every(({ path, headers }) => /^\/\d+\/\d+\/\d+\.png$/.test(path) && !headers.cookie && !headers.referer))
    assert.match(await page.locator('.leaflet-control-attribution').textContent(), /Made <by> us/)
    assert.equal(await page.locator('.pendeen-map__stage path.pendeen-map__land').first().evaluate((land) => getComputedStyle(land).fillOpacity), '0')
    await checkAccessibility(page, 'the map with tiles')
    await page.getByLabel(/^Streets and land from 127/).uncheck()
    assert.equal(await page.locator('.leaflet-tile').count(), 0)
    assert.equal(await page.locator('.pendeen-map__stage path.pendeen-map__land').first().evaluate((land) => getComputedStyle(land).fillOpacity), '1')
    tiles.broken = true
    await page.reload()
    await page.getByText('The tile server does not answer. The coastline is shown.').waitFor()
    assert.ok(!await page.getByLabel(/^Streets and land from 127/).isChecked())
    await visitor.leave()
  })
}
