// Every page that each role can reach by links, wide and on a phone: axe finds
// nothing, nothing hangs over the edge, the browser complains of nothing.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkAccessibility, checkFits, linksOf, NARROW, picture, root, visit, WIDE, openMostNamed } from './support.mjs'

// "/entities/7" and "/entities/8" are one kind of page: two of each are enough, and one of what others have
// been through.
export const kindOf = (path) => path.replace(/\?.*/, '?').replace(/\/(steps|sections)\/[a-z-]+/, '/$1/#')
  .replace(/\/(\d+|[A-Z0-9-]{6,})(?=[/?]|$)/g, '/#')
const EACH = 2
const NOT_A_PAGE = /^\/(assets|health)|\.(csv|json|pdf|svg|graphml)(\?|$)|^\/sign-out/

async function crawl (visitor, look, isKnown) {
  const waiting = ['/', '/help-now', '/no-such-page']
  const seen = new Map()
  const paths = new Set()
  while (waiting.length) {
    const path = waiting.shift()
    const kind = kindOf(path)
    if (paths.has(path) || NOT_A_PAGE.test(path) || (seen.get(kind) ?? 0) >= (isKnown(kind) ? 1 : EACH)) continue
    paths.add(path)
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
    const answer = await visitor.page.goto(path)
    assert.ok(answer.status() < 500, `${path} answers ${answer.status()}`)
    await look(path)
    waiting.push(...await linksOf(visitor.page))
  }
  return [...seen.keys()]
}

const ROLES = {
  nobody: { email: null, reaches: ['/', '/help-now', '/help-now/cornwall/card', '/help-now/scilly/poster', '/support', '/sign-in'] },
  practitioner: { email: 'practitioner@example.org', reaches: ['/share', '/submissions', '/account', '/referrals', '/referrals/new'] },
  representative: { email: 'representative@example.org', reaches: ['/submissions', '/submissions/#'] },
  analyst: {
    email: 'analyst@example.org',
    reaches: ['/suggestions', '/suggestions/#', '/pairs/#/#', '/entities', '/entities/#', '/search', '/search/words', '/submissions/#']
  },
  safeguarding: {
    email: 'safeguarding@example.org',
    reaches: ['/submissions/#', '/submissions/#/access', '/notices', '/break-glass']
  },
  coordinator: { email: 'coordinator@example.org', reaches: ['/entities/#', '/submissions/#/access'] },
  maru: { email: 'maru@example.org', reaches: ['/notices', '/break-glass', '/desk', '/desk/#', '/desk/#/do/rating', '/measures'] },
  administrator: {
    email: 'administrator@example.org',
    reaches: ['/people', '/people/#', '/people/#/edit', '/people/new', '/organisations',
      '/organisations/#', '/organisations/new', '/contacts', '/contacts/maru', '/take-in-support', '/account', '/account/password', '/programs', '/webhooks', '/'] },
  auditor: { email: 'auditor@example.org', reaches: ['/audit', '/audit/unusual', '/audit/accounts/#'] }
}

// What the guide shows.
async function takePictures (server) {
  const visitor = await visit(server)
  const { page } = visitor
  await page.goto('/')
  await picture(page, 'first-page')
  await visitor.signIn('analyst@example.org')
  await page.goto('/search?q=Inn')
  await picture(page, 'search', { height: 960 })
  await page.goto('/suggestions')
  await picture(page, 'suggestions', { height: 900 })
  await page.getByRole('link', { name: /at once/ }).first().click()
  await page.getByRole('checkbox').first().check()
  await picture(page, 'several-at-once', { height: 1080, from: 'h1' })
  const submission = (await (await page.goto('/submissions')).text()).match(/PEN-\w{4}-\w{4}/)[0]
  await page.getByRole('link', { name: submission }).click()
  await visitor.leave()
  const auditor = await visit(server)
  await auditor.signIn('auditor@example.org')
  await auditor.page.goto('/audit')
  await auditor.page.getByLabel('Reference of a submission').fill(submission)
  await auditor.page.getByRole('button', { name: 'Show who looked' }).click()
  await picture(auditor.page, 'log', { height: 1200 })
  await auditor.leave()
  const phone = await visit(server, { viewport: NARROW })
  await phone.signIn('practitioner@example.org')
  await phone.page.goto('/share')
  await picture(phone.page, 'share-phone', NARROW)
  await phone.leave()
}

// On a phone, what two people have been through is not looked at by axe a third time: it is one template.
const ENOUGH_PEOPLE = 2

export async function pages (server) {
  const visited = new Map() // by kind: whose page of it was looked at on a phone
  for (const [role, { email, reaches }] of Object.entries(ROLES)) {
    await test(`every page of ${role}, wide and on a phone`, async () => {
      const visitor = await visit(server)
      if (email) await visitor.signIn(email)
      const kinds = await crawl(visitor, async (path) => {
        const people = visited.get(kindOf(path)) ?? new Set()
        if (people.size < ENOUGH_PEOPLE) visited.set(kindOf(path), people.add(role))
        for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
          await visitor.page.setViewportSize(viewport)
          await checkFits(visitor.page, `${path}, ${size}`)
          if (viewport === WIDE || people.has(role))
            await checkAccessibility(visitor.page, `${path}, ${size}`, { contrast: viewport === WIDE })
        }
      }, (kind) => visited.get(kind)?.size >= ENOUGH_PEOPLE && !visited.get(kind).has(role))
      for (const kind of reaches)
        assert.ok(kinds.some((each) => each === kind || each.startsWith(kind + '?')),
          `${kind} is among ${kinds.join(' ')}`)
      await visitor.leave()
    })
  }

  await test('a page that is not there keeps the menu', async () => {
    const visitor = await visit(server)
    await visitor.signIn('practitioner@example.org')
    assert.equal((await visitor.page.goto('/no-such-page')).status(), 404)
    await visitor.page.getByRole('button', { name: 'Sign out' }).waitFor()
    await visitor.page.getByRole('link', { name: 'Share', exact: true }).waitFor()
    await visitor.leave()
  })

  await test('the log answers who looked, and what an account did, without saying who told', async () => {
    const sender = await visit(server, { javaScriptEnabled: false })
    await sender.signIn('practitioner@example.org')
    await sender.page.goto('/share')
    await sender.page.getByLabel('What did you see or hear?').fill('a quiet lane')
    await sender.page.getByRole('button', { name: 'Continue' }).click()
    await sender.page.getByRole('button', { name: 'Send', exact: true }).click()
    await sender.page.getByRole('heading', { name: 'Thank you' }).waitFor()
    const reference = (await sender.page.locator('main').innerText()).match(/PEN-\w{4}-\w{4}/)[0]
    await sender.leave()
    const visitor = await visit(server, { javaScriptEnabled: false })
    await visitor.signIn('auditor@example.org')
    const { page } = visitor
    await page.goto('/audit')
    await page.getByLabel('Reference of a submission').fill(reference.toLowerCase())
    await page.getByRole('button', { name: 'Show who looked' }).click()
    const rows = await page.locator('tbody').innerText()
    assert.match(rows, /Whoever handed it in/)
    assert.doesNotMatch(rows, /practitioner@example\.org/)
    await page.getByLabel('Its email address').fill('practitioner@example.org')
    await page.getByRole('button', { name: 'Show what it did' }).click()
    assert.doesNotMatch(await page.locator('tbody').innerText(), /submission added|receipt read/)
    assert.match(page.url(), /\/audit\/accounts\/\d+$/)
    await page.getByLabel('Its email address').fill('nobody@example.org')
    await page.getByRole('button', { name: 'Show what it did' }).click()
    await page.getByText('No account has that email address.').waitFor()
    await visitor.leave()
  })

  await test('what is not for a role is not there', async () => {
    const visitor = await visit(server)
    await visitor.signIn('practitioner@example.org')
    for (const path of ['/suggestions', '/entities', '/search', '/imports'])
      assert.equal((await visitor.page.goto(path)).status(), 404, path)
    await visitor.leave()
  })

  await test('the network grows, moves and comes back by keys and buttons', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await visitor.signIn('analyst@example.org')
    await openMostNamed(page, 'person')
    const picture = page.locator('.pendeen-network')
    const box = () => picture.getAttribute('viewBox')
    const whole = await box()
    await page.getByRole('button', { name: 'Larger' }).click()
    const larger = await box()
    assert.notEqual(larger, whole)
    await picture.getByRole('link').first().focus()
    await page.keyboard.press('ArrowRight')
    assert.notEqual(await box(), larger)
    await page.getByRole('button', { name: 'Whole' }).click()
    assert.deepEqual((await box()).split(' ').map(Number), whole.split(' ').map(Number))
    await visitor.leave()
  })

  if (process.env.PENDEEN_SCREENSHOTS) await test('pictures for the guide', () => takePictures(server))
}

export async function guide () {
  await test('the guide shows pictures that are there, and small', () => {
    const folder = join(root, 'docs/guide')
    const files = readdirSync(folder).filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)).concat(join(root, 'README.md'))
    const shown = new Set()
    for (const file of files)
      for (const [, picture] of readFileSync(file, 'utf8').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)) {
        const path = join(dirname(file), picture)
        assert.ok(statSync(path).size < 150 * 1024, `${picture} is too large`)
        shown.add(path)
      }
    for (const name of readdirSync(join(folder, 'images')))
      assert.ok(shown.has(join(folder, 'images', name)), `nothing shows ${name}`)
  })
}
