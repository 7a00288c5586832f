/// The test of Page and Hinkley: when the mean of a series changed, judged by its own past, as river has it.
///
/// Depends on the order of the values: for merged daily aggregates in the order of time, never for records as they come.
public struct PageHinkley: Sendable, Equatable {
  /// How many values it takes before it may alarm.
  public let leastCount: Int
  /// How large a change is no matter, in the unit of the values.
  public let tolerance: Double
  /// How far the sum has to move from its extreme, in the unit of the values.
  public let threshold: Double
  private var count = 0
  private var mean = 0.0
  private var upSum = 0.0
  private var downSum = 0.0
  private var upLeast = Double.infinity
  private var downMost = -Double.infinity

  /// Starts.
  public init(leastCount: Int = 30, tolerance: Double = 0.005, threshold: Double = 50) {
    (self.leastCount, self.tolerance, self.threshold) = (leastCount, tolerance, threshold)
  }

  /// Takes the next value, and says whether the mean changed: U = Σ(x − m − δ) is more than the threshold above its least,
  /// or D = Σ(x − m + δ) below its most, with m the mean so far.
  ///
  /// After an alarm it starts anew.
  public mutating func add(_ value: Double) -> Bool {
    count += 1
    mean += (value - mean) / Double(count)
    upSum += value - mean - tolerance
    downSum += value - mean + tolerance
    upLeast = min(upLeast, upSum)
    downMost = max(downMost, downSum)
    let hasChanged = count >= leastCount && (upSum - upLeast > threshold || downMost - downSum > threshold)
    if hasChanged { self = PageHinkley(leastCount: leastCount, tolerance: tolerance, threshold: threshold) }
    return hasChanged
  }
}
