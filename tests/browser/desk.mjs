// The MARU desk: from the queue to a partner's answer, the decision, feedback that the
// referrer reads, the second sign-off, closed, and opened again; measures.  The steps are
// done without JavaScript, the partner's answer by keyboard alone; every page is looked at
// by axe, wide and at 375 pixels.
import { test } from 'node:test'
import { readFileSync } from 'node:fs'
import assert from 'node:assert/strict'
import { visit, checkAccessibility, checkFits, picture, NARROW, WIDE, mainText } from './support.mjs'

async function checked (page, what) {
  await page.setViewportSize(NARROW)
  await checkFits(page, what)
  await page.setViewportSize(WIDE)
  await checkFits(page, what)
}

// With JavaScript, since axe is a script.
async function looked (server, email, paths) {
  const visitor = await visit(server)
  await visitor.signIn(email)
  for (const path of paths) {
    assert.equal((await visitor.page.goto(path)).status(), 200, path)
    await checked(visitor.page, path)
    await checkAccessibility(visitor.page, path)
    await visitor.page.setViewportSize(NARROW)
    await checkAccessibility(visitor.page, path + ' at 375 pixels')
    await visitor.page.setViewportSize(WIDE)
  }
  await visitor.leave()
}

async function officer (server, email) {
  const visitor = await visit(server, { javaScriptEnabled: false })
  await visitor.signIn(email)
  return visitor
}


export async function desk (server) {
  let url, school, asked

  await test('the queue shows what is due first, narrows and sorts without JavaScript', async () => {
    const { page, leave } = await officer(server, 'maru@example.org')
    await page.goto('/desk')
    const times = await page.locator('.pendeen-queue .pendeen-clock__words').allTextContents()
    assert.ok(times.length > 8)
    const firstLeft = times.findIndex((words) => / left$/.test(words))
    assert.ok(firstLeft > 0 && times.slice(0, firstLeft).every((words) => / over$/.test(words)) &&
      times.slice(firstLeft).every((words) => / left$/.test(words)), times.join(', '))
    await page.getByLabel('Rating').selectOption({ label: 'Red' })
    await page.getByLabel('How far it is').selectOption({ label: 'All, closed ones too' })
    await page.getByRole('button', { name: 'Show these' }).click()
    for (const rating of await page.locator('.pendeen-queue .pendeen-rating').allTextContents()) assert.equal(rating, 'Red')
    assert.equal(await page.getByLabel('Rating').inputValue(), 'red')
    await page.goto('/desk?clock=over')
    for (const words of await page.locator('.pendeen-queue .pendeen-clock__words').allTextContents())
      assert.match(words, / over$/)
    await leave()
    await looked(server, 'maru@example.org', ['/desk', '/desk?state=all&sort=rating', '/desk?state=closing'])
  })

  await test('an officer takes a referral on, rates it, and asks a partner', async () => {
    const partner = await visit(server)
    await partner.signIn('representative@example.org')
    await partner.page.goto('/')
    school = (await partner.page.locator('.pendeen-header__person').textContent()).match(/Piran Locke, (.+?)\s*Sign out/s)[1].trim()
    await partner.leave()
    const { page, leave } = await officer(server, 'maru@example.org')
    await page.goto('/desk?sort=sent&state=new')
    await page.locator('.pendeen-queue a').first().click()
    url = new URL(page.url()).pathname
    assert.match(await mainText(page), /Not rated yet.*New/s)
    await page.getByRole('link', { name: 'Take it on' }).click()
    await page.getByRole('button', { name: 'Take it on' }).click()
    assert.match(await mainText(page), /Being looked at/)
    // What is wrong is said beside the field, and what was typed stays.
    await page.getByRole('link', { name: 'Set the rating' }).click()
    await page.getByLabel('Why?').fill('A car that nobody knows.')
    await page.getByRole('button', { name: 'Set the rating' }).click()
    assert.match(await page.getByRole('alert').textContent(), /Choose a rating/)
    assert.equal(await page.getByLabel('Why?').inputValue(), 'A car that nobody knows.')
    await page.getByLabel('Green').check()
    await page.getByRole('button', { name: 'Set the rating' }).click()
    await page.getByRole('link', { name: 'Ask a partner' }).click()
    assert.match(await page.getByLabel('What do you ask, and about whom?').inputValue(), /born/)
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    assert.match(await page.getByRole('alert').textContent(), /Choose whom to ask/)
    const option = page.locator('#choice option', { hasText: school })
    await page.getByLabel('Whom do you ask?').selectOption(await option.getAttribute('value'))
    asked = 'Do you know a car that waits at the corner on Fridays?'
    await page.getByLabel('What do you ask, and about whom?').fill(asked)
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    assert.match(await mainText(page), new RegExp(asked.replace('?', '\\?')))
    // More urgent: the rating changes with a reason, and the check is due sooner.
    await page.getByRole('link', { name: 'Change the rating' }).click()
    await page.getByLabel('Amber').check()
    await page.getByLabel('Why?').fill('The child was seen in the car.')
    await page.getByRole('button', { name: 'Set the rating' }).click()
    assert.match(await mainText(page), /Rating set: Amber/)
    await leave()
    // What the referral names, and what is known around it, as a network.
    const looking = await visit(server)
    await looking.signIn('maru@example.org')
    await looking.page.goto(url)
    const child = (await looking.page.getByRole('heading', { level: 1 }).textContent()).split(',')[0].trim()
    await looking.page.getByRole('link', { name: 'The network around what this referral names' }).click()
    await looking.page.getByRole('row', { name: child }).first().waitFor()
    await looking.leave()
    await looked(server, 'maru@example.org', [url, ...['take', 'rating', 'check', 'decision', 'meeting', 'worker',
      'disagreement', 'transfer', 'feedback', 'note'].filter((step) => step !== 'take').map((step) => `${url}/do/${step}`)])
  })

  await test('the partner sees what was asked and nothing else, and answers by keyboard', async () => {
    const { page, leave } = await visit(server)
    await page.goto('/sign-in')
    await page.getByLabel('Email address').fill('representative@example.org')
    await page.getByLabel('Password').fill('three words for trying')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await page.goto('/notices')
    assert.match(await mainText(page), /The MARU asks/)
    await page.goto('/checks')
    await page.getByRole('row', { name: /car that waits at the corner/ }).getByRole('link').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'A check for the MARU' }).waitFor()
    assert.match(await mainText(page), /car that waits at the corner/)
    assert.doesNotMatch(await mainText(page), /Trewhella|Nance|R-\w{4}/)
    const back = page.url()
    assert.equal((await page.goto(url)).status(), 404)
    await page.goto(back)
    // Tab to the radios, choose with the space bar, on to the box, and send.
    await page.getByLabel('We hold information').focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Tab')
    while (await page.evaluate('document.activeElement.id') !== 'text') await page.keyboard.press('Tab')
    await page.keyboard.type('A red Corsa, twice in June.')
    while (await page.evaluate('document.activeElement.textContent.trim()') !== 'Answer') await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Your organisation’s answer').waitFor()
    assert.match(await mainText(page), /We hold information.*A red Corsa, twice in June/s)
    await leave()
    await looked(server, 'representative@example.org', ['/checks', '/notices'])
  })

  await test('a decision with its reasons, and feedback in safe words that the referrer reads', async () => {
    const { page, leave } = await officer(server, 'maru@example.org')
    await page.goto(url)
    assert.match(await mainText(page), /A red Corsa, twice in June/)
    await page.getByRole('link', { name: 'Decide', exact: true }).click()
    await page.getByLabel('No further action').check()
    await page.getByLabel('Rationale').fill('Help is enough for now.')
    await page.getByRole('button', { name: 'Save the decision' }).click()
    assert.match(await page.getByRole('alert').textContent(), /Choose why nothing further is done/)
    assert.equal(await page.getByLabel('Rationale').inputValue(), 'Help is enough for now.')
    await page.getByLabel('Early help').check()
    await page.getByRole('button', { name: 'Save the decision' }).click()
    assert.match(await mainText(page), /Nothing closes without feedback|nothing closes without feedback/i)
    await page.getByRole('link', { name: 'Tell the referrer' }).click()
    assert.ok(await page.getByLabel('Early help').isChecked()) // what follows from the outcome
    await page.getByLabel('Anything more?').fill('A worker rings you on Tuesday.')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await leave()
    const referrer = await officer(server, 'practitioner@example.org')
    await referrer.page.goto('/notices')
    assert.match(await mainText(referrer.page), /Word from the MARU/)
    const id = url.split('/')[2]
    await referrer.page.locator(`a[href="/referrals/${id}/outcome"]`).click()
    assert.match(await mainText(referrer.page), /early help.*A worker rings you on Tuesday/s)
    assert.doesNotMatch(await mainText(referrer.page), /Corsa|Help is enough|Amber/)
    const back = referrer.page.url()
    assert.equal((await referrer.page.goto(url)).status(), 404)
    await referrer.page.goto(back)
    // The referrer disagrees: kept until it is settled.
    await referrer.page.getByRole('button', { name: 'Send to the MARU' }).click()
    assert.match(await referrer.page.getByRole('alert').textContent(), /Write what they disagree with/)
    await referrer.page.getByLabel('What do you disagree with').fill('The child needs more than that.')
    await referrer.page.getByRole('button', { name: 'Send to the MARU' }).click()
    assert.match(await mainText(referrer.page), /A disagreement about this referral is being settled/)
    await referrer.leave()
    await looked(server, 'practitioner@example.org', [`/referrals/${id}/outcome`, '/notices'])
  })

  await test('it closes with the sign-off of a second person, and opens again', async () => {
    const first = await officer(server, 'maru@example.org')
    await first.page.goto(url)
    assert.match(await mainText(first.page), /A disagreement is open. Settle it first/)
    await first.page.getByRole('link', { name: 'The disagreement is settled' }).click()
    await first.page.getByLabel('How was it settled?').fill('We rang, and they agree.')
    await first.page.getByRole('button', { name: 'Save', exact: true }).click()
    await first.page.getByRole('link', { name: 'Ask to close' }).click()
    const long = 'Help has begun. '.repeat(300).trim()
    for (const words of ['', long]) {
      await first.page.getByLabel('Why can it be closed?').fill(words)
      await first.page.getByRole('button', { name: 'Ask to close' }).click()
      assert.match(await first.page.getByRole('alert').textContent(), words ? /is the most/ : /Write/)
      assert.equal(await first.page.getByLabel('Why can it be closed?').inputValue(), words)
    }
    await first.page.getByLabel('Why can it be closed?').fill('Help has begun.')
    await first.page.getByRole('button', { name: 'Ask to close' }).click()
    assert.match(await mainText(first.page), /Waits for the second sign-off/)
    assert.equal(await first.page.getByRole('link', { name: 'Second sign-off' }).count(), 0)
    assert.equal((await first.page.goto(url + '/do/sign-off')).status(), 409)
    await first.leave()
    const second = await officer(server, 'maru-second@example.org')
    await second.page.goto(url)
    await second.page.getByRole('link', { name: 'Second sign-off' }).click()
    await second.page.getByLabel('Yes', { exact: true }).check()
    await second.page.getByRole('button', { name: 'Save', exact: true }).click()
    assert.match(await second.page.getByRole('alert').textContent(), /Write your reasons/)
    assert.ok(await second.page.getByLabel('Yes', { exact: true }).isChecked())
    await second.page.getByLabel('Your reasons').fill('Looked through.')
    await second.page.getByRole('button', { name: 'Save', exact: true }).click()
    assert.match(await mainText(second.page), /Second sign-off: closed/)
    await second.page.goto('/desk')
    assert.equal(await second.page.locator(`a[href="${url}"]`).count(), 0)
    await second.page.goto(url)
    await second.page.getByRole('link', { name: 'Open it again' }).click()
    await second.page.getByLabel('What is new?').fill('The car was seen again.')
    await second.page.getByRole('button', { name: 'Open it again' }).click()
    assert.match(await mainText(second.page), /Opened again/)
    await second.leave()
    await looked(server, 'maru@example.org', [url])
  })

  await test('every case in the demonstration has a page that holds', async () => {
    const visitor = await visit(server)
    await visitor.signIn('maru@example.org')
    await visitor.page.goto('/desk?sort=rating')
    const cases = await visitor.page.locator('.pendeen-queue a').evaluateAll((list) => list.map((link) => link.getAttribute('href')))
    await visitor.leave()
    await looked(server, 'maru@example.org', cases.slice(0, 14))
  })

  await test('measures: figures, charts, the list behind each, a spreadsheet', async () => {
    const { page, leave } = await visit(server)
    await page.goto('/sign-in')
    await page.getByLabel('Email address').fill('maru@example.org')
    await page.getByLabel('Password').fill('three words for trying')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await page.goto('/measures')
    assert.equal(await page.locator('svg.pendeen-chart title').count() >= 3, true)
    await picture(page, 'measures', { height: 900 })
    const row = page.locator('section[aria-labelledby=decided] table').first().locator('tr:has(a)').first()
    const total = Number(await row.locator('td').nth(2).textContent().then((text) => text.match(/\d+/)[0]))
    await row.locator('td').nth(2).getByRole('link').click()
    assert.equal(await page.locator('.pendeen-queue tbody tr').count(), total)
    await page.goto('/measures')
    const [download] = await Promise.all([page.waitForEvent('download'),
      page.getByRole('link', { name: /as a spreadsheet.*Decided within/ }).click()])
    const text = readFileSync(await download.path(), 'utf8')
    assert.match(text, /^By,Which,Yes,No,Of,Percent\r\n/)
    for (const line of text.trim().split('\r\n').slice(1)) assert.doesNotMatch(line, /,[1-4],\d+$/)
    await page.goto('/desk')
    await picture(page, 'desk', { height: 900 })
    await leave()
    await looked(server, 'maru@example.org', ['/measures'])
    await looked(server, 'coordinator@example.org', ['/measures'])
    await looked(server, 'representative@example.org', ['/measures'])
    const other = await visit(server)
    await other.signIn('analyst@example.org')
    for (const path of ['/desk', url, '/measures', '/checks']) assert.equal((await other.page.goto(path)).status(), 404, path)
    await other.leave()
  })
}
