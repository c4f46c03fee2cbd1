// Meetings of the Forums, on the made-up partnership: from an agenda without a quorum to a
// decision, an action that its owner says is done, two who edit at once, the second sign-off by
// another, and minutes; measures, hand-over.  The steps are done without JavaScript, one by
// keyboard alone; every page is looked at by axe, wide and at 375 pixels.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { looked, picture, visit, mainText } from './support.mjs'


async function lead (server, email = 'coordinator@example.org') {
  const visitor = await visit(server, { javaScriptEnabled: false })
  await visitor.signIn(email)
  return visitor
}

export async function meeting (server) {
  let url, item, action

  await test('a meeting without a quorum is told so, and begins with one', async () => {
    const { page, leave } = await lead(server)
    await page.goto('/meetings')
    assert.match(await mainText(page), /Before[\s\S]*Minutes approved/)
    await page.getByRole('link', { name: /^West Forum/ }).first().click()
    url = new URL(page.url()).pathname
    assert.match(await mainText(page), /There is no quorum: 0 here, and it takes 3/)
    await page.getByRole('link', { name: 'Begin the meeting' }).click()
    await page.getByRole('button', { name: 'Begin' }).click()
    assert.match(await mainText(page), /There is a problem[\s\S]*no quorum[\s\S]*/)
    await page.goto(url + '/attendance')
    for (const name of ['Denzel Rowe', 'Kerensa Vane', 'Wiktoria Pająk'])
      await page.getByRole('group', { name: new RegExp(name) }).getByLabel('Here').check()
    await page.getByRole('group', { name: /Kerensa Vane/ }).getByLabel('Chairs').check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'Begin the meeting' }).click()
    await page.getByRole('button', { name: 'Begin' }).click()
    assert.match(await mainText(page), /On now/)
    await picture(page, 'meeting', { height: 900 })
    await leave()
    await looked(server, 'coordinator@example.org', ['/meetings', url, url + '/attendance', url + '/pack', url + '/do/add', url + '/do/end'])
  })

  await test('nothing closes without a decision, an outcome and a reason, and what was typed stays', async () => {
    const { page, leave } = await lead(server)
    await page.goto(url)
    await page.getByRole('link', { name: 'Add to the agenda' }).click()
    await page.getByLabel('Where does it stand?').selectOption({ label: 'Themes and gaps' })
    await page.getByRole('button', { name: 'Add it' }).click()
    assert.match(await mainText(page), /Write what it is about/)
    assert.equal(await page.getByLabel('Where does it stand?').inputValue(), 'themes')
    await page.getByLabel('What is it about?').fill('New phones outside the school')
    await page.getByRole('button', { name: 'Add it' }).click()
    await page.getByRole('link', { name: 'New phones outside the school' }).click()
    item = new URL(page.url()).pathname
    const [, at, of] = /Item (\d+) of (\d+)\./.exec(await mainText(page))
    await page.getByRole('link', { name: 'Item before' }).click()
    assert.match(await mainText(page), new RegExp(`Item ${at - 1} of ${of}\\.`))
    await page.getByRole('link', { name: 'Next item' }).click()
    assert.equal(new URL(page.url()).pathname, item)
    assert.equal((await page.goto(item + '/do/close')).status(), 409)
    assert.match(await mainText(page), /nothing closes without an outcome/)
    await page.goto(item + '/do/decision')
    await page.getByLabel('What is decided?').fill('The school asks who hands them out.')
    await page.getByRole('button', { name: 'Save the decision' }).click()
    assert.match(await mainText(page), /Write the reasons/)
    assert.equal(await page.getByLabel('What is decided?').inputValue(), 'The school asks who hands them out.')
    await page.getByLabel('Why?').fill('Three parents saw it.')
    await page.getByRole('button', { name: 'Save the decision' }).click()
    assert.match(await mainText(page), /Decided[\s\S]*Three parents saw it/)
    await page.goto(item + '/do/action')
    await page.getByLabel('What is to be done?').fill('Ask at the school gate')
    await page.getByLabel('Or somebody who is not in that list').fill('representative@example.org')
    await page.getByLabel('By when?').fill('31/12/2027')
    await page.getByLabel('What will show that it is done?').fill('A note')
    await page.getByRole('button', { name: 'Save the action' }).click()
    action = await page.getByRole('link', { name: 'Ask at the school gate' }).getAttribute('href')
    await page.goto(item + '/do/close')
    await page.getByLabel('Acted on').check()
    await page.getByLabel('The reason').fill('It stopped.')
    await page.getByRole('button', { name: 'Ask to close' }).click()
    assert.match(await mainText(page), /1 action of this item is not done/)
    await leave()
  })

  await test('two who edit at once: both versions are shown, and nothing is overwritten', async () => {
    const first = await lead(server)
    const second = await lead(server, 'analyst@example.org')
    for (const { page } of [first, second]) {
      await page.goto(item + '/do/words')
      await page.getByLabel('What is the item called?').fill('Phones at a school')
    }
    await first.page.getByLabel('What does everybody need to know?').fill('The first version')
    await first.page.getByRole('button', { name: 'Save' }).click()
    await second.page.getByLabel('What does everybody need to know?').fill('The second version')
    await second.page.getByRole('button', { name: 'Save' }).click()
    assert.match(await mainText(second.page), /What stands there now[\s\S]*The first version/)
    assert.equal(await second.page.getByLabel('What does everybody need to know?').inputValue(), 'The second version')
    await first.page.goto(item)
    assert.match(await mainText(first.page), /The first version/)
    await first.leave()
    await second.leave()
  })

  await test('whoever has an action finds it, says by keyboard alone that it is done, and sees only the words', async () => {
    const visitor = await visit(server)
    const { page, leave } = visitor
    await visitor.signIn('representative@example.org')
    await page.goto('/')
    assert.match(await mainText(page), /What needs you now[\s\S]*actions? (is|are) yours to do/)
    await page.goto(url)
    const seen = await page.locator('.pendeen-agenda__what a').allTextContents()
    assert.ok(seen.includes('Phones at a school'), seen.join(', '))
    assert.ok(seen.length < 12, 'a representative sees no entities: ' + seen.join(', '))
    await page.goto(action)
    await page.getByRole('link', { name: 'It is done' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('What was done, and what shows it?').waitFor()
    for (let i = 0; i < 60; i++) {
      if (await page.evaluate(() => document.activeElement?.name === 'text')) break
      await page.keyboard.press('Tab')
    }
    await page.keyboard.type('Asked; a note is in the file.')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Done, waits for the second sign-off').waitFor()
    await leave()
    await looked(server, 'representative@example.org', ['/actions', action, '/meetings', url, item, url + '/pack', '/'])
  })

  await test('an item closes by two people, and the minutes stay as they are', async () => {
    const first = await lead(server)
    await first.page.goto(action + '/do/sign-off')
    await first.page.getByLabel('Yes').check()
    await first.page.getByLabel('Your reasons').fill('I read the note.')
    await first.page.getByRole('button', { name: 'Save' }).click()
    assert.match(await mainText(first.page), /Done and signed off/)
    await first.page.goto(item + '/do/close')
    await first.page.getByLabel('Acted on').check()
    await first.page.getByLabel('The reason').fill('It stopped.')
    await first.page.getByRole('button', { name: 'Ask to close' }).click()
    assert.equal((await first.page.goto(item + '/do/sign-off')).status(), 409)
    const second = await lead(server, 'analyst@example.org')
    await second.page.goto(item + '/do/sign-off')
    await second.page.getByLabel('Yes').check()
    await second.page.getByLabel('Your reasons').fill('Agreed.')
    await second.page.getByRole('button', { name: 'Save' }).click()
    assert.match(await mainText(second.page), /State\s*Closed/)
    await second.leave()
    await first.page.goto(url + '/do/end')
    await first.page.getByLabel('Yes').check()
    await first.page.getByRole('button', { name: 'End the meeting' }).click()
    await first.page.goto(url + '/do/approve')
    await first.page.getByRole('button', { name: 'Approve' }).click()
    assert.equal((await first.page.goto(item + '/do/decision')).status(), 409)
    assert.match(await mainText(first.page), /approved and stay as they are/)
    await first.page.goto(url + '/minutes')
    assert.match(await mainText(first.page), /Phones at a school[\s\S]*The school asks who hands them out/)
    await first.leave()
    await looked(server, 'coordinator@example.org', [url + '/minutes', item, '/actions?whose=forum'])
  })

  await test('a pack as PDF bears the reader’s name', async () => {
    const { page, signIn, leave } = await visit(server)
    await signIn('coordinator@example.org')
    await page.goto(url + '/pack')
    assert.match(await mainText(page), /Pack for Denzel Rowe/)
    const file = await page.evaluate(async (path) => {
      const answer = await fetch(path)
      return [answer.headers.get('content-type'), (await answer.text()).slice(0, 6)]
    }, url + '/pack.pdf')
    assert.deepEqual(file, ['application/pdf', '%PDF-1'])
    await leave()
  })

  await test('measures and hand-over: clear answers, and pages that fit', async () => {
    const { page, leave } = await lead(server)
    await page.goto('/disruption/new')
    await page.getByLabel('What is it?').selectOption({ label: 'Child abduction warning notice' })
    await page.getByLabel('Which Forum keeps it?').selectOption({ label: 'West Forum' })
    await page.getByLabel('Who issues it?').fill('Sergeant on duty')
    await page.getByLabel('Whom or what is it against?').fill('The driver')
    await page.getByRole('button', { name: 'Save' }).click()
    assert.match(await mainText(page), /Write which child it protects/)
    await page.getByLabel('Which child does it protect?').fill('The child of item 3')
    await page.getByLabel('What does it say?').fill('Not to meet the child.')
    await page.getByRole('button', { name: 'Save' }).click()
    assert.match(await mainText(page), /Child Abduction Act 1984[\s\S]*Not served yet/)
    await page.goto('/across/new')
    await page.getByLabel('Which Forum of yours hands it over?').selectOption({ label: 'West Forum' })
    await page.getByLabel('Which Forum should take it?').selectOption({ label: 'West Forum' })
    await page.getByLabel('What do they have to know?').fill('The car comes from there.')
    await page.getByRole('button', { name: 'Ask them' }).click()
    assert.match(await mainText(page), /Choose the Forum that it goes to/)
    await page.getByLabel('Which Forum should take it?').selectOption({ label: 'Mid Forum' })
    await page.getByRole('button', { name: 'Ask them' }).click()
    assert.match(await mainText(page), /West Forum to Mid Forum[\s\S]*Waits for an answer/)
    await leave()
    await looked(server, 'coordinator@example.org', ['/disruption', '/disruption/1', '/disruption/new', '/disruption/1/do/breach', '/across', '/across/new', '/across/new?urgent=yes'])
  })
}
