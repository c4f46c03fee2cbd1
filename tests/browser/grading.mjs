// What an analyst does, on the made-up partnership: grades with the keyboard alone, says how two
// belong together and ends it, writes a note, watches somebody; what is new, what is not known,
// word that is due, the problem profile with a list behind each figure.  Forms are sent without
// JavaScript; every page is looked at by axe, wide and at 375 pixels.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { looked, mainText, tabTo, visit, wordsOfPdf, openMostNamed } from './support.mjs'

const ANALYST = 'analyst@example.org'
const COORDINATOR = 'coordinator@example.org'
const main = (page) => mainText(page, true)

async function plain (server, email) {
  const visitor = await visit(server, { javaScriptEnabled: false })
  await visitor.signIn(email)
  return visitor
}

export async function grading (server) {
  let graded, entity

  await test('a submission is graded with the keyboard alone, and what is wrong is said first', async () => {
    const { page, leave } = await plain(server, ANALYST)
    await page.goto('/grading')
    await page.locator('tbody tr', { hasNotText: 'needs a second person' }).first().getByRole('link').first().click()
    graded = new URL(page.url()).pathname
    await tabTo(page, page.locator('#reason'))
    await page.keyboard.type('Seen by nobody else so far.')
    await tabTo(page, page.locator('form button[type=submit]'))
    await page.keyboard.press('Enter')
    await page.getByText('There is a problem').waitFor()
    assert.match(await main(page), /Choose how far the source can be relied on/)
    assert.equal(await page.locator('#reason').inputValue(), 'Seen by nobody else so far.')
    for (const [name, steps] of [['source', 1], ['information', 2]]) {
      await tabTo(page, page.locator(`input[name=${name}]`))
      await page.keyboard.press('Space')
      for (let i = 0; i < steps; i++) await page.keyboard.press('ArrowDown')
    }
    await tabTo(page, page.locator('#reason'))
    await tabTo(page, page.locator('form button[type=submit]'))
    await page.keyboard.press('Enter')
    await page.getByText('How it was graded').waitFor()
    assert.match(await main(page), /source:2 information:C handling:P/)
    assert.match(await main(page), /stands/)
    await leave()
    await looked(server, ANALYST, ['/grading', graded])
  })

  await test('two are related by what shows it; the same twice is told; it ends with a reason', async () => {
    const { page, leave } = await plain(server, ANALYST)
    await openMostNamed(page, 'vehicle')
    entity = new URL(page.url()).pathname
    await page.getByRole('link', { name: 'Say how it belongs together with another' }).click()
    const before = await page.locator('main li[id^=relation-]').count()
    await page.getByLabel('Why do you say so?').fill('Both were at the gate.')
    await page.getByRole('button', { name: 'Keep it' }).click()
    assert.match(await main(page), /There is a problem/)
    assert.equal(await page.getByLabel('Why do you say so?').inputValue(), 'Both were at the gate.')
    const person = await page.locator('#other option', { hasText: 'Person:' }).first().getAttribute('value')
    await page.getByLabel('This one').selectOption({ label: 'is used by' })
    await page.getByLabel('The other one', { exact: true }).selectOption(person)
    await page.locator('#shown input').first().check()
    await page.getByLabel('As known from').fill('1/3/2024')
    await page.getByRole('button', { name: 'Keep it' }).click()
    assert.equal(await page.locator('main li[id^=relation-]').count(), before + 1)
    assert.match(await main(page), /is used by[\s\S]*Known from 1 March 2024/)
    await page.getByLabel('This one').selectOption({ label: 'is used by' })
    await page.getByLabel('The other one', { exact: true }).selectOption(person)
    await page.locator('#shown input').first().check()
    await page.getByLabel('Why do you say so?').fill('Once more.')
    await page.getByRole('button', { name: 'Keep it' }).click()
    assert.match(await main(page), /That stands already/)
    await page.goto(entity)
    assert.match(await main(page), /How it belongs together with others[\s\S]*is used by/)
    await page.goto(entity + '/relations')
    const line = page.locator('main li[id^=relation-]').first()
    await line.locator('summary').click()
    await line.getByRole('button', { name: /^End it/ }).click()
    assert.match(await main(page), /Write why/)
    await page.locator('details[open] textarea').fill('It was sold.')
    await page.locator('details[open]').getByRole('button', { name: /^End it/ }).click()
    assert.match(await main(page), /Ended[\s\S]*It was sold\./)
    await leave()
    await looked(server, ANALYST, [entity, entity + '/relations'])
  })

  await test('a note is marked as judgement, and is for analysts alone', async () => {
    const { page, leave } = await plain(server, ANALYST)
    await page.goto(entity + '/notes')
    await page.getByRole('button', { name: 'Keep the note' }).click()
    assert.match(await main(page), /There is a problem/)
    await page.getByLabel('What do you think').fill('The keeper may not be who drives it.')
    await page.getByRole('button', { name: 'Keep the note' }).click()
    await page.goto(entity)
    const note = page.getByRole('region', { name: 'Notes of analysts' })
    assert.match(await note.innerText(), /Judgement, not fact[\s\S]*The keeper may not be who drives it\./)
    await leave()
    const other = await plain(server, COORDINATOR)
    await other.page.goto(entity)
    assert.doesNotMatch(await main(other.page), /may not be who drives it/)
    assert.equal((await other.page.goto(entity + '/notes')).status(), 404)
    await other.leave()
    await looked(server, ANALYST, [entity + '/notes'])
    const again = await plain(server, ANALYST)
    await again.page.goto(entity + '/notes')
    await again.page.getByRole('button', { name: /^Set aside/ }).first().click()
    assert.match(await main(again.page), /Notes that were set aside/)
    await again.leave()
  })

  await test('who watches is shown what moved, until they have looked', async () => {
    const { page, leave } = await plain(server, ANALYST)
    await page.goto(entity)
    await page.getByRole('button', { name: 'Watch it' }).click()
    assert.match(await main(page), /You watch this/)
    await page.goto('/watching')
    await looked(server, ANALYST, ['/watching'])
    await page.getByRole('button', { name: 'I have looked at all of it' }).click()
    assert.equal(await page.getByRole('button', { name: 'I have looked at all of it' }).count(), 0)
    const watched = await page.getByRole('button', { name: /^Stop watching/ }).count()
    await page.getByRole('button', { name: /^Stop watching/ }).first().click()
    assert.equal(await page.getByRole('button', { name: /^Stop watching/ }).count(), watched - 1)
    await leave()
  })

  await test('what is new, what is not known and word that is due open their lists', async () => {
    const { page, leave } = await plain(server, COORDINATOR)
    await page.goto('/whats-new')
    for (const figure of await page.locator('.pendeen-figures a').all()) {
      const count = Number((await figure.innerText()).match(/^\d+/)[0])
      const path = await figure.getAttribute('href')
      const list = await page.context().newPage()
      await list.goto(path)
      const more = (await main(list)).match(/And (\d+) more/)
      assert.equal(await list.locator('main .pendeen-decisions > li').count() + Number(more?.[1] ?? 0), count, path)
      await list.close()
    }
    await page.goto('/word-due')
    await page.getByRole('button', { name: 'Say it' }).click()
    assert.match(await main(page), /There is a problem/)
    const due = await page.locator('input[name=which]').count()
    await page.locator('input[name=which]').first().check()
    await page.getByLabel('Too little to act on now').check()
    await page.getByRole('button', { name: 'Say it' }).click()
    assert.equal(await page.locator('input[name=which]').count(), due - 1)
    await leave()
    await looked(server, COORDINATOR, ['/whats-new', '/word-due'])
  })

  await test('a problem profile opens the list behind each figure; the PDF says what the page says', async () => {
    const visitor = await plain(server, ANALYST)
    const { page } = visitor
    await page.goto('/problem-profile?length=8&from=9000')
    assert.match(await main(page), /Choose quarters that are over/)
    await page.getByLabel('From').selectOption({ index: 7 })
    await page.getByLabel('For', { exact: true }).selectOption({ label: 'two years' })
    await page.getByRole('button', { name: 'Show it' }).click()
    const words = await main(page)
    assert.match(words, /How far it has come[\s\S]*Led to action/)
    const links = await page.locator('main table a[href*="/problem-profile/list"]').evaluateAll((all) =>
      all.map((one) => [one.getAttribute('href'), Number(one.firstChild.textContent)]))
    assert.ok(links.length > 10)
    for (const [href, count] of links.filter((_, i) => i % 5 === 0)) {
      await page.goto(href)
      assert.match(await main(page), new RegExp(`\\b${count}\\b`), href)
    }
    const query = new URLSearchParams(links[0][0].split('?')[1])
    const path = `/problem-profile?from=${query.get('from')}&length=${query.get('length')}`
    const pdf = await wordsOfPdf(server, visitor.context, path.replace('?', '/profile.pdf?'))
    assert.match(pdf, /Led to action: (\d+|not shown)/)
    const action = words.match(/Led to action\s+(\d+|not shown)/)[1]
    assert.ok(pdf.includes(`Led to action: ${action}`))
    await visitor.leave()
    await looked(server, ANALYST, [path])
  })
}
