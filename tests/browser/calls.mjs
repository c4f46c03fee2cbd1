// Who to call and the guidance, as somebody who is not signed in: at the hour when it
// matters, and without a network.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { checkAccessibility, checkFits, NARROW, newFolder, startServer, visit } from './support.mjs'

// A server whose clock stands still at an hour of London.
async function at (clock, look) {
  const server = await startServer(newFolder(), ['demo', '--reports', '2', '--clock', clock])
  try {
    await look(server)
  } finally {
    assert.equal(await server.stop(), 0)
  }
}

// The calls under a place's heading, first first.
async function callsFor (page, place) {
  const section = page.locator('section', { has: page.getByRole('heading', { name: `The child is in ${place}` }) })
  const calls = []
  for (const call of await section.locator('.pendeen-call').all()) {
    calls.push({
      now: (await call.getAttribute('class')).includes('--now'),
      number: (await call.locator('.pendeen-phone').textContent()).replace(/^.* on /, '').trim(),
      dials: await call.locator('.pendeen-phone').getAttribute('href'),
      status: (await call.locator('.pendeen-call__status').textContent()).trim()
    })
  }
  return calls
}

// What was sent in the hour that comes twice: when it was sent, and what is left of its clock, which
// ends on Monday at five: an hour less at the second coming.
async function onTheDesk (night, says) {
  const left = { '01:30 BST': '1 day 16 hours left', '01:30 GMT': '1 day 15 hours left' }[says]
  const teacher = await visit(night)
  await teacher.signIn('practitioner@example.org')
  await teacher.page.goto('/referrals/new')
  await teacher.page.getByLabel('In Cornwall').check()
  await teacher.page.getByRole('button', { name: 'Begin' }).click()
  await teacher.page.getByRole('heading', { level: 1, name: 'Refer a child to the MARU' }).waitFor()
  const draft = new URL(teacher.page.url()).pathname
  await teacher.page.goto(draft + '/sections/child')
  await teacher.page.getByRole('button', { name: 'Add child' }).click()
  await teacher.page.getByLabel('Name', { exact: true }).fill('Kensa Sample')
  await teacher.page.getByRole('button', { name: 'Save and go to the list' }).click()
  await teacher.page.getByRole('heading', { level: 1, name: 'Refer a child to the MARU' }).waitFor()
  await teacher.page.goto(draft + '/check')
  await teacher.page.getByRole('button', { name: 'Send to the MARU' }).click()
  await teacher.page.getByRole('heading', { name: 'Referral sent' }).waitFor()
  await teacher.page.goto('/referrals')
  const sent = teacher.page.locator('tbody tr', { hasText: 'Kensa Sample' })
  assert.match(await sent.textContent(), new RegExp(`25 October 2026, ${says}\\s+Decision by 26 October 2026, 17:00`))
  await teacher.leave()
  const officer = await visit(night)
  await officer.signIn('maru@example.org')
  const { page } = officer
  await page.goto('/desk')
  const line = page.locator('.pendeen-queue tr', { hasText: 'Kensa Sample' })
  assert.match(await line.textContent(), new RegExp(`${left}[\\s\\S]*due 26 October 2026, 17:00`))
  await line.getByRole('link').first().click()
  const words = (await page.locator('main').innerText()).replace(/\s+/g, ' ')
  assert.ok(words.includes(left) && words.includes(`25 October 2026, ${says}`), words)
  await officer.leave()
}

export async function calls (server) {
  await test('a teacher on a Friday at 16:50 before a bank holiday', async () => {
    await at('2026-05-01T16:50', async (friday) => {
      const visitor = await visit(friday)
      const { page } = visitor
      await page.goto('/')
      let clicks = 0
      await page.getByRole('region', { name: 'In danger now' }).getByRole('link', { name: 'Who to call' }).click()
      clicks++
      assert.ok(clicks <= 2)
      const [first, second] = await callsFor(page, 'Cornwall')
      assert.deepEqual(first, { now: true, number: '0300 123 1116', dials: 'tel:03001231116', status: 'Usually open now, until 17:00 today. Nobody has checked these hours' })
      assert.equal(second.number, '01208 251300')
      assert.equal(second.status, 'Usually closed now. Opens at 17:00 today. Nobody has checked these hours')
      await checkAccessibility(page, 'who to call')
      await visitor.leave()
    })
  })

  await test('the same teacher without JavaScript, on a phone, by names that are read out', async () => {
    await at('2026-05-01T16:50', async (friday) => {
      const visitor = await visit(friday, { javaScriptEnabled: false, viewport: NARROW })
      const { page } = visitor
      await page.goto('/')
      await page.getByRole('link', { name: 'Who to call' }).first().click()
      const maru = page.getByRole('link', { name: 'Call Multi Agency Referral Unit (MARU) on 0300 123 1116', exact: true })
      assert.equal(await maru.getAttribute('href'), 'tel:03001231116')
      const relay = page.getByRole('link', { name: 'reach Multi Agency Referral Unit (MARU) by dialling 18001 0300 123 1116', exact: true })
      assert.equal(await relay.getAttribute('href'), 'tel:1800103001231116')
      const text = page.getByRole('link', { name: 'send a text to NSPCC helpline on 88858', exact: true })
      assert.equal(await text.getAttribute('href'), 'sms:88858')
      await page.getByRole('region', { name: 'The child is in Cornwall' }).waitFor()
      assert.equal(await page.getByText('Nobody has checked this number yet').first().isVisible(), true)
      await checkFits(page, 'who to call')
      await visitor.leave()
    })
  })

  await test('ten minutes later, and until Tuesday', async () => {
    await at('2026-05-01T17:00', async (friday) => {
      const visitor = await visit(friday)
      await visitor.page.goto('/help-now')
      const [first, second] = await callsFor(visitor.page, 'Cornwall')
      assert.equal(first.number, '01208 251300')
      assert.equal(first.status, 'Usually open now, until 09:00 on Tuesday 5 May. Nobody has checked these hours')
      assert.equal(second.status, 'Usually closed now. Opens at 09:00 on Tuesday 5 May. Nobody has checked these hours')
      await visitor.leave()
    })
  })

  await test('Scilly at night, on a phone, with one more click', async () => {
    await at('2026-11-25T02:10', async (night) => {
      const visitor = await visit(night, { viewport: NARROW })
      const { page } = visitor
      await page.goto('/help-now')
      assert.equal((await callsFor(page, 'the Isles of Scilly'))[0].number, '01720 422699')
      await page.getByRole('link', { name: 'Only the Isles of Scilly' }).click()
      assert.equal((await page.locator('.pendeen-call--now .pendeen-phone').first().getAttribute('href')), 'tel:01720422699')
      assert.equal(await page.getByText('01208 251300').count(), 0)
      await checkAccessibility(page, 'one place')
      await checkFits(page, 'one place')
      await visitor.leave()
    })
  })

  await test('on 25 December', async () => {
    await at('2026-12-25T10:00', async (christmas) => {
      const visitor = await visit(christmas)
      await visitor.page.goto('/help-now')
      await visitor.page.getByText('Today is a bank holiday.').waitFor()
      const found = await callsFor(visitor.page, 'Cornwall')
      assert.equal(found[0].number, '01208 251300')
      assert.equal(found[0].status, 'Usually open now, until 09:00 on Tuesday 29 December. Nobody has checked these hours')
      assert.equal((await callsFor(visitor.page, 'the Isles of Scilly'))[0].number, '01720 422699')
      await visitor.leave()
    })
  })

  // 01:30 comes at 00:30 of UTC and again at 01:30; without a Z a time is its first coming.
  await test('in the hour that comes twice, at both its comings', async () => {
    for (const [clock, says] of [['2026-10-25T01:30', '01:30 BST'], ['2026-10-25T00:30Z', '01:30 BST'], ['2026-10-25T01:30Z', '01:30 GMT']]) {
      await at(clock, async (night) => {
        const visitor = await visit(night, { viewport: NARROW })
        const { page } = visitor
        await page.goto('/help-now')
        const found = await callsFor(page, 'Cornwall')
        assert.deepEqual(found[0], { now: true, number: '01208 251300', dials: 'tel:01208251300',
          status: 'Usually open now, until 09:00 tomorrow. Nobody has checked these hours' }, clock)
        assert.equal(found[1].status, 'Usually closed now. Opens at 09:00 tomorrow. Nobody has checked these hours', clock)
        await page.getByText(`What is open was right at 25 October 2026, ${says}. If this page is older, call and see.`).waitFor()
        await page.getByRole('link', { name: 'Only the Isles of Scilly' }).click()
        assert.equal(await page.locator('.pendeen-call--now .pendeen-phone').first().getAttribute('href'), 'tel:01720422699')
        await page.getByText(`What is open was right at 25 October 2026, ${says}. If this page is older, call and see.`).waitFor()
        await visitor.leave()
        if (clock.endsWith('Z')) await onTheDesk(night, says)
      })
    }
  })

  await test('a list of holidays that runs out is told before it does, and after', async () => {
    await at('2027-11-15T10:00', async (before) => {
      const keeper = await visit(before)
      await keeper.signIn('administrator@example.org')
      await keeper.page.goto('/contacts')
      await keeper.page.getByText(/Bank holidays are known up to .* 2027 only/).waitFor()
      await checkFits(keeper.page, 'numbers to keep')
      await keeper.leave()
    })
    await at('2028-01-10T10:00', async (after) => {
      const visitor = await visit(after)
      await visitor.page.goto('/help-now')
      await visitor.page.getByText(/The list of bank holidays has run out/).waitFor()
      await checkAccessibility(visitor.page, 'who to call when holidays are not known')
      await visitor.leave()
    })
  })

  await test('every page of guidance can be left at once, and says where it comes from', async () => {
    const visitor = await visit(server, { javaScriptEnabled: false })
    const { page } = visitor
    await page.goto('/guidance')
    const paths = await page.locator('main a[href^="/guidance/"]').evaluateAll((list) => [...new Set(list.map((link) => link.getAttribute('href')))])
    assert.ok(paths.length >= 20, `${paths.length} pages`)
    for (const path of ['/guidance', ...paths]) {
      await page.goto(path)
      assert.match(await page.getByRole('button', { name: 'Exit this page' }).getAttribute('href'), /^https:\/\//, path)
      assert.equal(await page.locator('main h1').count(), 1, path)
      if (path !== '/guidance') await page.getByText(/^From: /).waitFor()
    }
    await visitor.leave()
  })

  await test('guidance is searched, and left at once', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await page.goto('/guidance')
    await page.getByLabel('Search the guidance').fill('new phone')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('heading', { name: 'Found for “new phone”' }).waitFor()
    await page.getByRole('link', { name: 'Signs to look for' }).first().click()
    await page.getByRole('heading', { level: 1, name: 'Signs to look for' }).waitFor()
    await checkAccessibility(page, 'guidance')
    const exit = page.getByRole('button', { name: 'Exit this page' })
    assert.match(await exit.getAttribute('href'), /^https:\/\//)
    await page.goto('/guidance?q=zzzzqq')
    await page.getByText('No page has all these words.').waitFor()
    await page.goto('/guidance/no-such-page')
    await page.getByRole('heading', { name: 'Page not found' }).waitFor()
    await visitor.leave()
  })

  await test('what was opened is read without a network, and not as somebody', async () => {
    const visitor = await visit(server)
    const { page, context } = visitor
    await visitor.signIn('analyst@example.org')
    await page.goto('/help-now')
    await page.evaluate(() => navigator.serviceWorker.ready)
    await page.goto('/guidance/talking-with-a-child')
    await page.waitForFunction(async () => (await caches.match('/guidance/talking-with-a-child')) && (await caches.match('/help-now')))
    await context.setOffline(true)
    await page.goto('/guidance/talking-with-a-child')
    await page.getByRole('heading', { level: 1, name: 'Talking with a child' }).waitFor()
    await page.goto('/help-now')
    await page.getByText('0300 123 1116').first().waitFor()
    await page.getByText('What is open was right at').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Sign out' }).count(), 0)
    const kept = await page.evaluate(async () => {
      const paths = []
      for (const name of await caches.keys())
        for (const request of await (await caches.open(name)).keys()) paths.push(new URL(request.url).pathname)
      return paths
    })
    for (const path of kept) assert.match(path, /^\/(help-now|guidance|support|assets)/)
    await context.setOffline(false)
    await visitor.leave()
  })
}
