// The network chart: found, grown, seen as it was, and the way between two; with and
// without JavaScript, wide and on a phone.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { checkAccessibility, openMostNamed, visit } from './support.mjs'

// The vehicle that most submissions name.
async function largest (page) {
  await openMostNamed(page, 'vehicle')
  await page.getByRole('link', { name: 'Open the network chart' }).click()
  await page.getByRole('heading', { name: /^Network of/ }).waitFor()
}

const shown = (page) => page.locator('[data-drawn]').getAttribute('data-drawn').then(Number)

export async function network (server) {
  await test('a network is drawn, grows by a click, and goes back in time', async () => {
    const visitor = await visit(server)
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await largest(page)
    await page.locator('[data-drawn]').waitFor()
    const before = await shown(page)
    assert.ok(before > 2)
    await checkAccessibility(page)
    // In the middle of the picture or by the list: each says what it is.
    await page.evaluate(() => document.querySelector('.pendeen-stage').scrollIntoView())
    assert.equal(await page.locator('.pendeen-stage canvas').count() > 0, true)
    const slider = page.getByLabel('As it was known on').first()
    await slider.fill(await slider.getAttribute('min'))
    assert.doesNotMatch(await page.locator('.pendeen-stage__slider output').textContent(), /now/)
    await slider.fill(await slider.getAttribute('max'))
    assert.match(await page.locator('.pendeen-stage__slider output').textContent(), /now/)
    assert.equal(await page.locator('svg.pendeen-network').isVisible(), false)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Picture (PNG)' }).click()
    assert.equal((await download).suggestedFilename(), 'pendeen-network.png')
    await page.getByRole('button', { name: 'Plain drawing' }).click()
    await page.locator('svg .pendeen-node').first().waitFor()
    await checkAccessibility(page)
    await visitor.leave()
  })

  await test('one that is chosen is told of, grows, and takes the tables along', async () => {
    const visitor = await visit(server)
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await largest(page)
    await page.locator('[data-drawn]').waitFor()
    const rows = await page.locator('main table tbody').first().locator('tr').count()
    assert.equal(rows, await shown(page))
    // A canvas has no links: it is tried where things may stand until one that can grow is met.
    const grow = page.getByRole('button', { name: 'Show what it is named with' })
    const { x, y, width, height } = await page.locator('.pendeen-stage').boundingBox()
    for (let row = 1; row < 40 && !await grow.count(); row++)
      for (let column = 1; column < 60 && !await grow.count(); column++) await page.mouse.click(x + width * column / 60, y + height * row / 40)
    await page.getByRole('link', { name: /^How is it connected to/ }).waitFor()
    await grow.click()
    await page.waitForURL(/open=/)
    await page.getByRole('status').filter({ hasText: /more are shown|named with nothing else/ }).waitFor()
    const grown = await shown(page)
    assert.ok(grown >= rows)
    assert.equal(await page.locator('main table tbody').first().locator('tr').count(), grown)
    assert.match(await page.getByRole('link', { name: 'lines (CSV)' }).getAttribute('href'), /open=/)
    await checkAccessibility(page)
    await page.goBack()
    await page.waitForFunction((count) => document.querySelector('[data-drawn]')?.dataset.drawn === String(count), rows)
    await visitor.leave()
  })

  await test('without JavaScript it is links, and the way between two takes two clicks', async () => {
    const visitor = await visit(server, { javaScriptEnabled: false })
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await largest(page)
    const before = await page.locator('svg .pendeen-node').count()
    await page.getByRole('link', { name: /^Show more of/ }).first().click()
    await page.waitForURL(/open=/)
    assert.ok(await page.locator('svg .pendeen-node').count() >= before)
    await page.getByRole('link', { name: 'Back to where it began' }).click()
    assert.equal(await page.locator('svg .pendeen-node').count(), before)
    // From what one started with to the one that is farthest: it is chosen already.
    await page.getByRole('button', { name: 'Find the shortest way' }).click()
    await page.getByRole('heading', { name: 'How are these connected?' }).first().waitFor()
    const steps = await page.locator('main ol li').allTextContents()
    if (steps.length) for (const step of steps) assert.match(step, /were named together in \d+ submission/)
    else await page.getByText('Nothing that you may see connects these two.').waitFor()
    // Or to what is not in the picture: it is searched for.
    await page.goBack()
    await page.getByRole('link', { name: 'Find somebody or something that is not shown' }).click()
    await page.getByLabel(/^Part of a name/).fill('Inn')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('link', { name: /^How is it connected\?/ }).last().click()
    await page.getByRole('heading', { name: 'How are these connected?' }).first().waitFor()
    await page.getByLabel('As it was known on').fill('the day before yesteryear')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByRole('alert').getByText('Write a day such as 31/3/2026').waitFor()
    assert.equal(await page.getByLabel('As it was known on').inputValue(), 'the day before yesteryear')
    await visitor.leave()
  })

  await test('on a phone, and as files', async () => {
    const visitor = await visit(server, { viewport: { width: 375, height: 740 } })
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await largest(page)
    await page.locator('[data-drawn]').waitFor()
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true)
    await checkAccessibility(page)
    for (const [name, ending, begins] of [['picture (SVG)', 'svg', '<svg'], ['graph (GraphML)', 'graphml', '<?xml'],
      ['who and what (CSV)', 'entities.csv', 'Kind,Which'], ['lines (CSV)', 'lines.csv', 'Between,And']]) {
      const download = page.waitForEvent('download')
      await page.getByRole('link', { name }).click()
      const file = await download
      assert.ok(file.suggestedFilename().endsWith(ending))
      const chunks = []
      for await (const chunk of await file.createReadStream()) chunks.push(chunk)
      assert.ok(Buffer.concat(chunks).toString().replace(/^\uFEFF/, '').startsWith(begins))
    }
    await visitor.leave()
  })
}
