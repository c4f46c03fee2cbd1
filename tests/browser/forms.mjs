// Forms: what was typed stays, twice is once, and all of it without JavaScript.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { checkAccessibility, loaded, mainText, NARROW, signInAt, visit } from './support.mjs'

const PRACTITIONER = 'practitioner@example.org'

async function countMine (page) {
  await page.goto('/submissions')
  return page.locator('tbody tr').count()
}

export async function forms (server) {
  await test('a wrong password says so and keeps the address', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await page.goto('/sign-in')
    await page.getByLabel('Email address').fill(PRACTITIONER)
    await page.getByLabel('Password').fill('not this one at all')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
    assert.equal(await page.getByLabel('Email address').inputValue(), PRACTITIONER)
    assert.equal(await page.getByLabel('Password').inputValue(), '')
    await checkAccessibility(page, 'a refused sign-in')
    await visitor.leave()
  })

  await test('an empty form is refused, and its errors lead to the fields', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn(PRACTITIONER)
    await page.goto('/share')
    await page.getByRole('button', { name: 'Continue' }).click()
    const summary = page.locator('.govuk-error-summary')
    await summary.waitFor()
    await loaded(page) // then the summary has had the focus, and does not take it again
    await summary.getByRole('link').first().click()
    assert.equal(await page.evaluate(() => document.activeElement.id), 'narrative')
    assert.match(await page.title(), /^Error/)
    await checkAccessibility(page, 'the empty form, refused')
    await visitor.leave()
  })

  await test('an error keeps everything that was typed', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn(PRACTITIONER)
    await page.goto('/share')
    const narrative = '\n<b>“Kit” & co</b> came in WK99 7TB.\n  Second line.'
    await page.getByLabel('What did you see or hear?').fill(narrative)
    await page.getByLabel('When was it?').fill('12/3/2190')
    await page.getByLabel('Where was it?').fill('"the" quay')
    await page.getByRole('radio').nth(2).check()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
    assert.equal(await page.getByLabel('What did you see or hear?').inputValue(), narrative)
    assert.equal(await page.getByLabel('When was it?').inputValue(), '12/3/2190')
    assert.equal(await page.getByLabel('Where was it?').inputValue(), '"the" quay')
    assert.ok(await page.getByRole('radio').nth(2).isChecked())
    await visitor.leave()
  })

  await test('a mention is added, filled and dropped', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn(PRACTITIONER)
    await page.goto('/share')
    await page.getByLabel('What did you see or hear?').fill('Seen near the quay with a red Fiesta.')
    await page.getByRole('button', { name: 'Add phone' }).click()
    const phone = page.locator('fieldset.pendeen-mention--phone')
    await phone.getByRole('textbox').first().fill('07700 900456')
    await page.getByRole('button', { name: /^(Continue|Check again)$/ }).click()
    await page.getByRole('heading', { name: 'Check and send' }).waitFor()
    assert.equal(await page.locator('fieldset.pendeen-mention--phone').getByRole('textbox').first()
      .inputValue(), '07700 900456')
    await page.locator('fieldset.pendeen-mention--vehicle').getByRole('checkbox').uncheck()
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('heading', { name: 'Thank you' }).waitFor()
    await page.goto('/submissions')
    await page.locator('tbody tr').first().getByRole('link').click()
    const said = await mainText(page)
    assert.match(said, /07700 900456|07700900456/)
    assert.equal(await page.locator('section.pendeen-mention--vehicle').count(), 0, 'the car was dropped')
    await visitor.leave()
  })

  await test('sent twice is kept once', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn(PRACTITIONER)
    const before = await countMine(page)
    await page.goto('/share')
    await page.getByLabel('What did you see or hear?').fill('A white van, WK99 8XY, waited by the park.')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { name: 'Check and send' }).waitFor()
    // The reply is lost: the very same form comes again.
    const send = () => page.locator('form.pendeen-share').evaluate(async (form) => {
      const body = new URLSearchParams(new FormData(form))
      body.set('do', 'send')
      const answer = await fetch(form.action, { method: 'POST', body })
      return answer.url
    })
    const first = await send()
    assert.match(first, /\/shared\//)
    assert.equal(await send(), first)
    await page.getByRole('button', { name: 'Send', exact: true }).dblclick()
    await page.getByRole('heading', { name: 'Thank you' }).waitFor()
    assert.equal(await countMine(page), before + 1)
    await visitor.leave()
  })

  await test('a form that was sent and changed asks first', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn(PRACTITIONER)
    const before = await countMine(page)
    await page.goto('/share')
    const narrative = page.getByLabel('What did you see or hear?')
    await narrative.fill('Two girls waited by the gate.')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { name: 'Check and send' }).waitFor()
    // A copy of the tab sends it.
    const sent = await page.locator('form.pendeen-share').evaluate(async (form) => {
      const body = new URLSearchParams(new FormData(form))
      body.set('do', 'send')
      return (await fetch(form.action, { method: 'POST', body })).url
    })
    assert.match(sent, /\/shared\//)
    await narrative.fill('Two girls waited by the gate, and a boy.')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
    assert.match(await page.locator('.govuk-error-summary').textContent(), /This is not sent yet/)
    assert.equal(await narrative.inputValue(), 'Two girls waited by the gate, and a boy.')
    await checkAccessibility(page, 'the form that was sent before')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('heading', { name: 'Thank you' }).waitFor()
    assert.equal(await countMine(page), before + 2)
    await visitor.leave()
  })

  await test('words of danger bring 999 while one still writes', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn(PRACTITIONER)
    await page.goto('/share')
    const words = (await page.locator('form.pendeen-share').getAttribute('data-danger-words')).split('|')
    const warning = page.locator('.pendeen-live-danger')
    await page.getByLabel('What did you see or hear?').fill('A car waited by the park.')
    assert.ok(await warning.isHidden())
    await page.getByLabel('What did you see or hear?').fill(`I think: ${words[0].toUpperCase()}!`)
    await warning.waitFor()
    assert.equal(await warning.getByRole('link', { name: 'Call 999' }).getAttribute('href'), 'tel:999')
    await checkAccessibility(page, 'the form with a word of danger')
    await page.getByLabel('What did you see or hear?').fill('A car waited by the park.')
    assert.ok(await warning.isHidden())
    await page.getByLabel('Where was it?').fill(`a shed, ${words[0]}`) // wherever it is written
    await warning.waitFor()
    await visitor.leave()
  })

  await test('without JavaScript everything can be shared, on a phone', async () => {
    const visitor = await visit(server, { javaScriptEnabled: false, viewport: NARROW })
    const { page } = visitor
    await signInAt(page, PRACTITIONER) // a session of its own, to be ended
    await page.goto('/share')
    await page.getByLabel('What did you see or hear?').fill('He is known as "Kip" and drives WK98 4JL.')
    await page.getByLabel('When was it?').fill('last Friday')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { name: 'Check and send' }).waitFor()
    assert.ok(await page.locator('.pendeen-mark').count() >= 2)
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('heading', { name: 'Thank you' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in', exact: true }).waitFor()
    await visitor.leave()
  })

  await test('a form of a session that ended can be sent after signing in again', async () => {
    const visitor = await visit(server)
    const { page, context } = visitor
    await visitor.signIn(PRACTITIONER)
    await page.goto('/share')
    await page.getByLabel('What did you see or hear?').fill('A blue Astra, WK97 3RT, by the school gate.')
    await context.clearCookies()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Nothing is lost').waitFor()
    await signInAt(await context.newPage(), PRACTITIONER)
    await page.getByRole('button', { name: 'Send it again' }).click()
    await page.getByRole('heading', { name: 'Check and send' }).waitFor()
    assert.match(await page.getByLabel('What did you see or hear?').inputValue(), /WK97 3RT/)
    // Somebody else signs in meanwhile: the page says in whose name it goes.
    await context.clearCookies()
    await page.getByRole('button', { name: 'Check again' }).click()
    await page.getByText('Nothing is lost').waitFor()
    await signInAt(await context.newPage(), 'maru@example.org')
    await page.getByRole('button', { name: 'Send it again' }).click()
    await page.getByRole('heading', { name: 'Send it in your name?' }).waitFor()
    await checkAccessibility(page, 'a form that somebody else opened')
    await page.getByRole('button', { name: /^Send it as / }).click()
    await page.getByRole('heading', { name: 'Check and send' }).waitFor()
    await visitor.leave()
  })

  // The browser cannot go back to the answer to a form: help opens beside it.
  await test('looking up who to call loses nothing that was typed', async () => {
    const visitor = await visit(server)
    const { page, context } = visitor
    const narrative = page.getByLabel('What did you see or hear?')
    await visitor.signIn(PRACTITIONER)
    await page.goto('/share')
    await narrative.fill('A blue Astra, WK97 3RT, by the gate.')
    await page.getByRole('region', { name: 'In danger now' }).getByRole('link', { name: 'Who to call', exact: true }).click()
    await page.waitForURL('**/help-now')
    await page.goBack()
    await narrative.fill('He has a knife. A blue Astra, WK97 3RT, by the gate.')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { name: 'Check and send' }).waitFor()
    await checkAccessibility(page, 'help that opens in a new tab')
    for (const name of ['Who to call (opens in a new tab)', 'Guidance (opens in a new tab)', /^call the .* \(opens in a new tab\)$/]) {
      const [tab] = await Promise.all([context.waitForEvent('page'), page.getByRole('link', { name }).first().click()])
      await tab.close()
    }
    assert.match(await narrative.inputValue(), /WK97 3RT/)
    await page.getByRole('heading', { name: 'Check and send' }).waitFor()
    await visitor.leave()
  })

  await test('tables sort and filter', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn('analyst@example.org')
    await page.goto('/submissions?list=latest')
    const times = () => page.locator('tbody tr:visible td:nth-child(4)').evaluateAll((cells) =>
      cells.map((cell) => Number(cell.dataset.sortValue)))
    await page.getByRole('button', { name: 'Received' }).click()
    const up = await times()
    assert.ok(up.length > 8)
    assert.deepEqual(up, [...up].sort((a, b) => a - b))
    await page.getByRole('button', { name: 'Received' }).click()
    assert.deepEqual(await times(), [...up].sort((a, b) => b - a))
    await page.getByLabel('Show only rows with').fill('school')
    const rows = await page.locator('tbody tr:visible').allTextContents()
    assert.ok(rows.length > 0 && rows.length < up.length)
    assert.ok(rows.every((row) => /school/i.test(row)), rows.join('\n'))
    await visitor.leave()
  })

  await test('suggestions are found in the server, and the next follows a decision', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn('analyst@example.org')
    await page.goto('/suggestions')
    assert.equal(await page.getByLabel('Show only rows with').count(), 0, 'no filter of one page alone')
    await page.getByLabel('Kind').selectOption('vehicle')
    await page.getByRole('button', { name: 'Show these' }).click()
    assert.match(await page.getByRole('status').textContent(), /that fit, heaviest first/)
    await page.getByRole('button', { name: 'Weight' }).click() // what is there whole sorts
    await page.reload()
    await checkAccessibility(page, 'suggestions of a kind')
    const second = await page.locator('tbody tr').nth(1).getByRole('link', { name: /Compare/ }).getAttribute('href')
    await page.locator('tbody tr').first().getByRole('link', { name: /Compare/ }).click()
    await page.getByLabel('Why? A few words').fill('Another colour.')
    await page.getByRole('button', { name: 'Different', exact: true }).click()
    const banner = page.getByRole('alert')
    assert.match(await banner.textContent(), /Saved[\s\S]*are different/)
    await loaded(page)
    assert.ok(await banner.evaluate((element) => element === document.activeElement), 'it has the focus')
    assert.equal(new URL(page.url()).pathname, second.split('?')[0])
    await checkAccessibility(page, 'the next pair')
    await banner.getByRole('button', { name: /Undo/ }).click()
    await page.getByRole('alert').filter({ hasText: 'It is undone' }).waitFor()
    await visitor.leave()
  })

  await test('several suggestions are decided at once', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn('analyst@example.org')
    await page.goto('/suggestions?kind=place')
    await page.getByRole('link', { name: /at once/ }).first().click()
    const rows = page.getByRole('checkbox')
    const before = await rows.count()
    assert.ok(before > 1, `${before} rows`)
    await rows.first().check()
    await page.getByRole('button', { name: 'Unsure' }).click()
    assert.match(await page.getByRole('alert').first().textContent(), /Write why/)
    assert.ok(await page.getByRole('checkbox').first().isChecked(), 'what was ticked still is')
    await checkAccessibility(page, 'several at once, without a reason')
    await page.getByLabel('Why? A few words').fill('By way of trial.')
    await page.getByRole('button', { name: 'Unsure' }).click()
    await page.getByRole('alert').filter({ hasText: 'They wait no more' }).waitFor()
    assert.equal(await page.getByRole('checkbox').count(), before - 1)
    await page.getByRole('link', { name: 'Suggestions' }).and(page.locator('.govuk-back-link')).click()
    assert.equal(new URL(page.url()).search, '?kind=place')
    await visitor.leave()
  })
}
