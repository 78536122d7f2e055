// How a case in Node is measured: the Rust baseline right before it, in its own process; the ratio of the pair.

import { execFileSync } from 'node:child_process'

const [ROUNDS, SAMPLE] = process.env.QUICK ? [2, 4] : [15, 20]

async function milliseconds(run, count) {
    const start = process.cpuUsage()
    for (let i = 0; i < count; i++) await run()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000 / count
}

function baseline() {
    const [program, ...rest] = process.env.BASELINE.split(' ')
    return Number(execFileSync(program, [...rest, '--baseline']))
}

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1]

export async function bench(topic, name, ratioTo, run) {
    await milliseconds(run, process.env.QUICK ? 20 : 5000) // the compiler of Node wants to be warm
    const count = Math.max(1, Math.floor(SAMPLE / await milliseconds(run, 200)))
    const values = [], ratios = []
    for (let i = 0; i < ROUNDS; i++) {
        const base = baseline()
        values.push(await milliseconds(run, count) * 1000)
        ratios.push(values.at(-1) / base)
    }
    console.log(JSON.stringify({
        topic, case: name, value: median(values), unit: 'µs', ratio_to: ratioTo, ratio: median(ratios),
        spread: [Math.min(...ratios), Math.max(...ratios)], most: null,
    }))
}
