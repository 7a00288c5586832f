import Glibc

/// Pieces of work on several threads, whose results are handed on in the order of the pieces.
public enum OrderedWork {
  /// Does what `pieces` gives on `threads` threads until it gives nil, and hands each result to `collect` on the calling
  /// thread.
  ///
  /// `pieces` is called by one thread at a time. At most twice as many results as threads wait for their turn. What
  /// `collect` throws ends the work: pieces that are under way are finished and thrown away. Throws (`create`) where the
  /// system gives no thread at all.
  public static func run<Piece, Result: Sendable>(
    threads: Int, pieces: @escaping () -> Piece?, work: @escaping @Sendable (Piece) -> Result,
    collect: (Result) throws -> Void
  ) throws {
    let queue = ResultQueue<Piece, Result>(capacity: 2 * threads, pieces)
    var running: [pthread_t] = []
    for _ in 0..<threads {
      guard let thread = startThread({ queue.serve(work) }) else { break }
      running.append(thread)
    }
    if running.isEmpty { throw SystemError(.create, "thread", code: EAGAIN) }
    defer {
      queue.stop()
      for thread in running { pthread_join(thread, nil) }
    }
    while let result = queue.next() { try collect(result) }
  }

  /// Starts a thread; nil where the system refuses.
  private static func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    final class Box {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let box = unsafe Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
        }
        return nil
      }, box.toOpaque())
    if code != 0 {
      unsafe box.release()
      return nil
    }
    return thread
  }
}

/// The results that wait for their turn, in a ring.
@safe private final class ResultQueue<Piece, Result: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let pieces: () -> Piece?
  private var ring: [Result?]
  /// The number of the next piece to begin, and of the next result to hand on.
  private var begun = 0
  private var handed = 0
  /// The number of the first piece that there is not, once that is known.
  private var end = Int.max

  init(capacity: Int, _ pieces: @escaping () -> Piece?) {
    self.pieces = pieces
    ring = Array(repeating: nil, count: capacity)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Waits, with the lock held, until something has changed.
  private func wait() { unsafe pthread_cond_wait(changed, mutex) }

  private func announce() { unsafe pthread_cond_broadcast(changed) }

  /// Does one piece after another: what each thread runs.
  func serve(_ work: (Piece) -> Result) {
    while let (number, piece) = take() { put(work(piece), number) }
  }

  private func take() -> (Int, Piece)? {
    locked {
      while begun < end && begun - handed >= ring.count { wait() }
      if begun >= end { return nil }
      guard let piece = pieces() else {
        end = begun
        announce()
        return nil
      }
      begun += 1
      return (begun - 1, piece)
    }
  }

  private func put(_ result: Result, _ number: Int) {
    locked {
      ring[number % ring.count] = result
      announce()
    }
  }

  /// Waits for the result whose turn it is; nil after the last one.
  func next() -> Result? {
    locked {
      while handed < end && ring[handed % ring.count] == nil { wait() }
      if handed >= end { return nil }
      let result = ring[handed % ring.count]
      ring[handed % ring.count] = nil
      handed += 1
      announce()
      return result
    }
  }

  /// Lets the threads come to an end.
  func stop() {
    locked {
      end = 0
      announce()
    }
  }
}
