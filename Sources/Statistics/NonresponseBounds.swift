/// What can be said of a share without any assumption about those who did not answer.
public enum NonresponseBounds {
  /// The worst cases (Manski 1989): none of the silent would have been counted, or all of them: k/asked to (k + asked −
  /// answered)/asked.
  ///
  /// `count` of `answered` of `asked`; within 0 to 1. nil where nobody was asked, or for impossible counts.
  public static func share(count: Int, answered: Int, asked: Int) -> Interval? {
    guard asked > 0, (0...asked).contains(answered), (0...answered).contains(count) else { return nil }
    return Interval(low: Double(count) / Double(asked), high: Double(count + (asked - answered)) / Double(asked))
  }
}
