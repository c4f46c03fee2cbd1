// The map at three zooms, its slider by keyboard, and without JavaScript the drawing, the table
// and the list behind a mark.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { checkAccessibility, visit } from './support.mjs'

export async function map (server) {
  await test('the map parts its marks as one comes closer, and goes back in time', async () => {
    const visitor = await visit(server)
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await page.goto('/map')
    await page.locator('[data-drawn]').waitFor()
    const counts = []
    for (let zoom = 0; zoom < 3; zoom++) {
      const now = await page.locator('[data-drawn]').getAttribute('data-drawn')
      counts.push(await page.locator('.pendeen-map__dot').count())
      if (zoom === 2) break
      await page.locator('.leaflet-control-zoom-in').click()
      await page.locator(`[data-drawn="${Number(now) + 1}"]`).waitFor()
    }
    assert.ok(counts[0] > 1 && counts[0] < counts[2], counts.join())
    const before = await page.locator('#map-told').textContent()
    await page.locator('#months').focus()
    await page.keyboard.press('End')
    await page.waitForFunction((words) => document.querySelector('#map-told').textContent !== words, before)
    await checkAccessibility(page)
    await visitor.leave()
  })

  await test('without JavaScript each mark is a link, and the same is a table', async () => {
    const visitor = await visit(server, { javaScriptEnabled: false })
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await page.goto('/map')
    assert.ok(await page.locator('svg .pendeen-map__link').count() > 3)
    await page.locator('#map-table a').first().click()
    assert.ok(await page.locator('main table .pendeen-reference').count() > 0)
    await page.goto('/locations')
    assert.ok(await page.locator('main table a').count() > 3)
    await visitor.leave()
  })
}
