import SystemIO

/// How far a long run is, on standard error, once a second, and only where that is a terminal.
struct Progress {
  private let name: String
  private let isShown: Bool
  private let started: Int
  private var lastShown: Int

  init(_ name: String) {
    self.name = name
    isShown = StandardStreams.isTerminal(2)
    started = isShown ? StandardStreams.monotonicMilliseconds() : 0
    lastShown = started
  }

  mutating func update(records: Int, bytes: Int) {
    if !isShown { return }
    let now = StandardStreams.monotonicMilliseconds()
    if now - lastShown < 1000 { return }
    lastShown = now
    let rate = bytes / max(1, now - started) / 1000
    StandardStreams.writeError(
      "\r\(name): \(records) records, \(bytes / 1_000_000) MB, \(rate) MB/s  ")
  }

  mutating func finish() {
    if isShown && lastShown != started { StandardStreams.writeError("\r\u{1B}[K") }
  }
}
