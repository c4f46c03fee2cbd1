// Keeps who to call, the directory of support and the guidance readable without a network, once opened.
//
// Only what anybody may read is kept, and it is fetched without cookies: a page as
// somebody signed in sees it is never stored.
const NAME = 'pendeen-PAGES'
const PAGES = ['/help-now', '/guidance', '/support']
const isPublic = (path) => path === '/' || PAGES.some((page) => path === page || path.startsWith(page + '/'))

async function keep (address) {
  const cache = await caches.open(NAME)
  const answer = await fetch(address, { credentials: 'omit', cache: 'no-store' })
  if (answer.ok) await cache.put(address, answer.clone())
  return answer
}

self.addEventListener('install', (event) => {
  event.waitUntil(Promise.all([...PAGES, ...ASSETS].map(keep)).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name)
    await self.clients.claim()
  })())
})

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return
  if (url.pathname.startsWith('/assets/')) {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)))
    return
  }
  if (!isPublic(url.pathname) || url.search) return
  event.respondWith(fetch(event.request).then((answer) => {
    if (answer.ok && url.pathname !== '/') event.waitUntil(keep(url.pathname).catch(() => {}))
    return answer
  }, () => caches.match(url.pathname).then((kept) => kept ?? caches.match('/help-now'))))
})
