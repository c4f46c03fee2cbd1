// The map with Leaflet: near marks come together as one sees it from farther off, and the slider
// takes it back month by month. The drawing that the server made stays where this cannot run; so
// does the table. No tile is asked of anybody: the coastline comes with the page's data.
import * as L from './leaflet.js'

async function load (address) {
  const answer = await fetch(address, { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json()
}

// A cluster is looked into; the mark of one town opens its list.
function mark (map, one) {
  const count = one.submissions + one.missing + one.locations
  const size = Math.min(68, 26 + 3 * Math.sqrt(count))
  const words = document.createElement('span')
  words.textContent = count
  const icon = L.divIcon({ className: one.area ? 'pendeen-map__dot pendeen-map__dot--area' : 'pendeen-map__dot', html: words, iconSize: [size, size] })
  const name = `${count}: ${one.label}` // begins with what is seen of it
  const drawn = L.marker([one.lat, one.lon], { icon, title: name, alt: name, keyboard: true })
  drawn.on('add', () => drawn.getElement().setAttribute('aria-label', name))
  return drawn.on('click', () => {
    if (one.towns > 1) map.setView([one.lat, one.lon], Math.min(map.getMaxZoom(), map.getZoom() + 2))
    else location.href = one.href
  })
}

export async function draw (frame) {
  const address = new URL(frame.dataset.pendeenMap, location.href)
  const data = await load(address)
  const stage = document.createElement('div')
  stage.className = 'pendeen-map__stage'
  frame.append(stage)
  frame.firstElementChild.classList.add('pendeen-map__drawn--off')
  const bounds = [[data.edges[0], data.edges[1]], [data.edges[2], data.edges[3]]]
  const map = L.map(stage, { minZoom: 7, maxZoom: 13, maxBounds: L.latLngBounds(bounds).pad(0.3), zoomAnimation: false, fadeAnimation: false })
  map.attributionControl.setPrefix('Leaflet').addAttribution(data.credit)
  const marks = L.layerGroup().addTo(map)
  let asked = 0
  const show = async () => {
    const turn = ++asked
    address.searchParams.set('marks', 'only')
    address.searchParams.set('zoom', String(map.getZoom()))
    const { marks: list, period } = await load(address)
    if (turn !== asked) return // somebody has moved on
    marks.clearLayers()
    for (const one of list) mark(map, one).addTo(marks)
    document.getElementById('map-told').textContent = `${list.length} ${list.length === 1 ? 'mark' : 'marks'} on the map.`
    document.getElementById('map-period').textContent = period
    frame.dataset.drawn = String(map.getZoom())
  }
  const again = () => show().catch(() => { frame.dataset.drawn = 'not' })
  const months = document.getElementById('months')
  months.addEventListener('input', () => {
    address.searchParams.set('months', months.value)
    again()
  })
  map.on('zoomend', again)
  map.fitBounds(bounds)
  for (const land of data.lands) L.polygon(land, { className: 'pendeen-map__land', interactive: false, weight: 1 }).addTo(map)
  if (!asked) again()
}
