// The first page by role, patterns that are put to people, timelines, views that are kept, and the
// way between two children.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { look, mainText, visit, openMostNamed } from './support.mjs'

async function share (server, words) {
  const visitor = await visit(server)
  await visitor.signIn('representative@example.org')
  await visitor.page.goto('/share')
  await visitor.page.getByLabel('What did you see or hear?', { exact: true }).fill(words)
  await visitor.page.getByRole('button', { name: 'Continue' }).click()
  await visitor.page.getByRole('button', { name: 'Send', exact: true }).click()
  await visitor.page.getByRole('heading', { name: 'Thank you' }).waitFor()
  await visitor.leave()
}

export async function patterns (server) {
  await test('the first page says what needs one, what is new and what is late, in that order', async () => {
    for (const [email, line] of [['maru@example.org', /referrals? ha(s|ve) a clock that is over/],
      ['analyst@example.org', /pairs may be the same/], ['administrator@example.org', /numbers have not been dialled/]]) {
      const visitor = await visit(server)
      await visitor.signIn(email)
      const { page } = visitor
      await page.goto('/')
      assert.deepEqual(await page.locator('.pendeen-home h2').allTextContents(), ['What needs you now', 'What is new', 'What is late'])
      const link = page.locator('.pendeen-home a').filter({ hasText: line }).first()
      if (email.startsWith('maru')) await look(page, 'the first page')
      await link.click()
      assert.notEqual(new URL(page.url()).pathname, '/')
      assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1)
      await visitor.leave()
    }
  })

  await test('a pattern is put as a question, with what shows it, and dismissed with a reason', async () => {
    const visitor = await visit(server, { javaScriptEnabled: false })
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await page.goto('/patterns')
    await page.getByLabel('Which').selectOption('phone')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByRole('link', { name: /was named with “Denzel Carrick” until/ }).click()
    assert.match(await mainText(page), /Was the phone handed on, or are both one person\?/)
    assert.ok(await page.locator('tbody tr').count() >= 2)
    const address = page.url()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('What is done about it, or why it is nothing').fill('Two brothers share it.')
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.getByText('What you said is kept').waitFor()
    assert.match(await mainText(page), /Dismissed Two brothers share it\./)
    await page.goto('/patterns?kind=phone')
    assert.equal(await page.getByRole('link', { name: /Denzel Carrick/ }).count(), 0)
    await page.goto('/patterns?kind=phone&state=answered')
    await page.getByRole('link', { name: /Denzel Carrick/ }).waitFor()
    await visitor.leave()
    // Whoever sees one Forum alone finds none of it.
    const other = await visit(server)
    await other.signIn('one-forum@example.org')
    await other.page.goto('/patterns?state=all')
    await look(other.page, 'patterns')
    assert.doesNotMatch(await mainText(other.page), /Denzel Carrick.*Marek Halloran/)
    assert.ok([200, 404].includes((await other.page.goto(address)).status()))
    await other.leave()
  })

  await test('a timeline is seen closer by links, and by drawing over a part of it', async () => {
    const plain = await visit(server, { javaScriptEnabled: false })
    await plain.signIn('analyst@example.org')
    const { page } = plain
    await openMostNamed(page, 'vehicle')
    await page.getByRole('link', { name: 'Open the timeline' }).click()
    await page.getByRole('heading', { name: 'The same as a list' }).waitFor()
    const whole = page.url()
    const all = await page.locator('.pendeen-day-items li').count()
    assert.ok(all > 2)
    assert.match(await mainText(page), /Nothing is known between \d+ \w+ \d+ and \d+ \w+ \d+: \d+ days/)
    await page.getByRole('link', { name: 'With all that it is named with' }).click()
    assert.ok(await page.locator('.pendeen-day-items li').count() >= all)
    await page.goto(whole)
    const year = page.locator('.pendeen-zoom').getByRole('link', { name: /^\d{4}$/ }).last()
    await year.click()
    assert.ok(await page.locator('.pendeen-day-items li').count() <= all)
    assert.equal(await page.locator('.pendeen-zoom').getByRole('link', { name: /^\w{3} \d{4}$/ }).count(), 12)
    // Each mark leads to its row of the list.
    for (const href of await page.locator('.pendeen-lanes a').evaluateAll((marks) => marks.map((mark) => mark.getAttribute('href'))))
      assert.equal(await page.locator(href).count(), 1)
    await page.getByRole('link', { name: /^Wider/ }).click()
    await plain.leave()

    const visitor = await visit(server)
    await visitor.signIn('analyst@example.org')
    await visitor.page.goto(whole)
    await look(visitor.page, 'a timeline')
    const box = await visitor.page.locator('.pendeen-lanes').boundingBox()
    await visitor.page.mouse.move(box.x + box.width * 0.4, box.y + 4)
    await visitor.page.mouse.down()
    await visitor.page.mouse.move(box.x + box.width * 0.7, box.y + 8, { steps: 4 })
    await visitor.page.mouse.up()
    await visitor.page.waitForURL(/time=\d{4}-\d{2}-\d{2}\.\d{4}-\d{2}-\d{2}/)
    assert.ok(await visitor.page.locator('.pendeen-day-items li').count() < all)
    await visitor.leave()
  })

  await test('the way between two children is found in two clicks, and the view is kept', async () => {
    await share(server, 'A girl called Tegen Trevanning (14) got into a grey van, WN94 QXJ.')
    await share(server, 'A grey van, WN94 QXJ, dropped a boy called Jago Killiver (15) at home.')
    const visitor = await visit(server, { javaScriptEnabled: false })
    await visitor.signIn('analyst@example.org')
    const { page } = visitor
    await page.goto('/search?q=Tegen+Trevanning')
    await page.locator('main a[href^="/entities/"]').first().click()
    await page.getByRole('link', { name: 'Open the network chart' }).click()
    await page.getByRole('link', { name: /^Show more of WN94/ }).click() // one
    await page.getByRole('button', { name: 'Find the shortest way' }).click() // two
    await page.getByRole('heading', { name: 'Connected by 2 steps' }).waitFor()
    const steps = await page.locator('main ol li').allTextContents()
    assert.match(steps[0], /Tegen Trevanning and .*WN94 ?QXJ.* were named together/)
    assert.match(steps[1], /WN94 ?QXJ.* and Jago Killiver were named together/)
    await page.getByRole('button', { name: 'Keep the view' }).click()
    await page.getByRole('alert').getByText('Give the view a name.').waitFor()
    await page.getByLabel('Its name').fill('Tegen and Jago')
    await page.getByRole('button', { name: 'Keep the view' }).click()
    await page.getByText('The view is kept.').waitFor()
    await page.getByRole('link', { name: 'Tegen and Jago', exact: true }).click()
    await page.getByRole('heading', { name: 'Connected by 2 steps' }).waitFor()
    await page.locator('#show-vehicle').uncheck()
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByText('Not all of the shortest way is shown').waitFor()
    await visitor.leave()

    // With JavaScript things stand where they were put.
    const mover = await visit(server)
    await mover.signIn('analyst@example.org')
    await mover.page.goto('/network/views')
    await look(mover.page, 'views that were kept')
    await mover.page.getByRole('link', { name: 'Who goes in WK87 LFT' }).click()
    await mover.page.locator('[data-drawn]').waitFor()
    await mover.page.getByLabel('Its name').fill('As it stands')
    await mover.page.getByRole('button', { name: 'Keep the view' }).click()
    const row = mover.page.locator('tr', { hasText: 'As it stands' })
    assert.match(await row.getByRole('link', { name: 'As it stands' }).getAttribute('href'), /view=\d+/)
    await row.getByRole('button', { name: /^Take away/ }).click()
    await mover.page.waitForURL(/\/network\/views$/)
    assert.equal(await mover.page.locator('tr', { hasText: 'As it stands' }).count(), 0)
    await mover.leave()
  })
}
