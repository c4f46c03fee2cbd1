// The story that Pendeen is for: two people in two organisations each know a piece, which
// their representatives share on; an analyst sees that they belong together, and why, says so, and takes it back.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { shareOn } from './forum.mjs'
import { checkAccessibility, picture, visit, mainText } from './support.mjs'

const EARLIER = 'A young person was collected from the lodge late in the evening. The car was a ' +
  'silver Vauxhall Corsa, registration WK99 7TB. The driver gave 07700 900123 as his number.'
const LATER = 'Outside the takeaway by the bus station again: a silver Corsa, reg WK?? 7?B, ' +
  'and a man they call Daz. Two of our pupils were sitting in it.'

async function share (visitor, narrative, when, where) {
  const { page } = visitor
  await page.goto('/share')
  await page.getByLabel('What did you see or hear?').fill(narrative)
  await page.getByLabel('When was it?').fill(when)
  await page.getByLabel('Where was it?').fill(where)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Check and send' }).waitFor()
}

async function send (visitor) {
  const { page } = visitor
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('heading', { name: 'Thank you' }).waitFor()
  return (await page.locator('.govuk-panel__body strong').textContent()).trim()
}

const titlesInNetwork = async (page) =>
  (await page.locator('.pendeen-node__title').allTextContents()).map((title) => title.trim())

async function checkWaterfall (page) {
  assert.match(await page.locator('.pendeen-waterfall').textContent(), /Registration/)
  const rows = await page.locator('tbody tr').allTextContents()
  assert.ok(rows.some((row) => row.includes('WK?? 7?B') && row.includes('WK99 7TB')),
    'both registrations stand side by side')
  const sums = (await page.locator('tbody tr td:last-child').allTextContents()).map(Number)
  const total = sums.pop()
  const added = sums.reduce((sum, each) => sum + each, 0)
  assert.ok(Math.abs(added - total) < 0.01 * sums.length, `${sums} add up to ${total}`)
}

export async function story (server) {
  await test('weeks earlier, another organisation shares a plate and a phone', async () => {
    const hotel = await visit(server)
    await hotel.signIn('hotel@example.org')
    await share(hotel, EARLIER, '3 weeks ago', 'Harbour Lodge')
    const reference = await send(hotel)
    await hotel.leave()
    await shareOn(server, 'hotel-lead@example.org', reference)
  })

  await test('a practitioner shares half a plate and a nickname', async () => {
    const school = await visit(server)
    await school.signIn('school@example.org')
    await share(school, LATER, 'yesterday', 'bus station')
    const marks = await school.page.locator('.pendeen-mark').allTextContents()
    for (const found of ['WK?? 7?B', 'Daz'])
      assert.ok(marks.some((mark) => mark.includes(found)), `${found} is marked in ${marks}`)
    await picture(school.page, 'check', { height: 900 })
    const reference = await send(school)
    assert.match(reference, /\S/)
    await picture(school.page, 'thank-you', { height: 960 })
    await checkAccessibility(school.page, 'Thank you')
    assert.match(await mainText(school.page), /representative reads it.*share it with.*Forum.*An analyst looks/s)
    // Thanks and a reference: nothing of what others know.
    assert.doesNotMatch(await mainText(school.page), /WK99|07700/)
    const answer = await school.page.goto('/suggestions')
    assert.equal(answer.status(), 404)
    await school.leave()
    await shareOn(server, 'school-lead@example.org', reference)
  })

  await test('an analyst finds it by its parts', async () => {
    const analyst = await visit(server)
    const { page } = analyst
    await analyst.signIn('police@example.org')
    for (const [part, whole] of [['wk?9 7*', 'WK99 7TB'], ['900123', '07700 900123'], ['daz', 'Daz']]) {
      await page.goto('/search')
      await page.getByRole('searchbox', { name: /^Part of/ }).fill(part)
      await page.getByRole('button', { name: 'Search' }).click()
      await page.locator('tbody').getByRole('link', { name: whole }).first().waitFor()
      await checkAccessibility(page, `what was found for ${part}`)
    }
    await page.goto('/search?q=nobody-has-this')
    assert.match(await page.getByRole('status').textContent(), /Nothing was found for “nobody-has-this”/)
    // What was told beside it, from the same box.
    await page.getByRole('link', { name: 'Words of reports', exact: true }).click()
    await page.getByRole('searchbox', { name: /^What was told/ }).fill('a')
    await page.getByRole('button', { name: 'Search' }).click()
    assert.match(await mainText(page), /There is a problem[^]*Write a word of three letters/)
    await page.getByRole('searchbox', { name: /^What was told/ }).fill('bus stat')
    await page.getByRole('button', { name: 'Search' }).click()
    const found = page.locator('tbody tr').first()
    assert.match(await found.locator('mark').textContent(), /^bus$/i)
    await checkAccessibility(page, 'what was found in words')
    const reference = (await found.getByRole('link').textContent()).trim()
    await page.goto('/search?q=' + reference.toLowerCase())
    await page.getByRole('link', { name: reference, exact: true }).click()
    await page.getByRole('heading', { level: 1 }).filter({ hasText: reference }).waitFor()
    await analyst.leave()
  })

  await test('an analyst sees it first, why, says same, and un-merges', async () => {
    const analyst = await visit(server)
    const { page } = analyst
    await analyst.signIn('police@example.org')
    await page.goto('/suggestions')
    const first = page.locator('tbody tr').first()
    assert.match(await first.textContent(), /WK\?\? 7\?B[\s\S]*WK99 7TB|WK99 7TB[\s\S]*WK\?\? 7\?B/)
    await first.getByRole('link', { name: /Compare/ }).click()
    await page.getByRole('heading', { name: 'Why', exact: true }).waitFor()
    await checkWaterfall(page)
    assert.match(await page.locator('tr', { hasText: /^\s*When/ }).textContent(), /\d [A-Z][a-z]+ 20\d\d/, 'days in words')
    await picture(page, 'pair', { height: 1900 })
    const pair = page.url()

    // Before: the half plate knows nothing of the phone.
    const partial = page.locator('.pendeen-side').filter({ hasText: 'WK?? 7?B' })
    await partial.getByRole('heading').getByRole('link').click()
    const before = await titlesInNetwork(page)
    assert.ok(!before.some((title) => title.includes('900123')), before.join(', '))

    await page.goto(pair)
    await page.getByLabel('Why? A few words').fill('The parts of the plate fit, so do make and colour.')
    await page.getByRole('button', { name: 'Same', exact: true }).click()
    await page.getByRole('button', { name: /^Undo/ }).waitFor()

    // Joined: what both organisations said stands on one page.
    await page.goto(pair)
    await page.locator('.pendeen-side').filter({ hasText: 'WK?? 7?B' })
      .getByRole('heading').getByRole('link').click()
    const joined = await titlesInNetwork(page)
    for (const title of ['900123', 'Daz'])
      assert.ok(joined.some((each) => each.includes(title)), `${title} in ${joined.join(', ')}`)
    await checkAccessibility(page, 'the joined entity')
    await picture(page, 'entity', { height: 960 })

    await page.goto(pair)
    await page.getByRole('button', { name: /^Undo/ }).first().click()
    await page.goto(pair)
    await page.getByText('undone').first().waitFor()
    await page.locator('.pendeen-side').filter({ hasText: 'WK?? 7?B' })
      .getByRole('heading').getByRole('link').click()
    assert.deepEqual((await titlesInNetwork(page)).sort(), before.sort(), 'parted, nothing left behind')
    await analyst.leave()
  })
}
