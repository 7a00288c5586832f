import Glibc

/// How hard a text is to guess from the frequencies of its bytes.
public enum ShannonEntropy {
  /// Shannon's entropy −Σ p·log₂ p of the bytes, in bits a byte; 0 for the empty text.
  ///
  /// For ASCII it is the measure of gitleaks, whose rules ask for 2 to 4.5 in a key.
  public static func bitsPerByte(_ text: Span<UInt8>) -> Double {
    var counts = [Int](repeating: 0, count: 256)
    for index in 0..<text.count { counts[Int(text[index])] += 1 }
    var entropy = 0.0
    for count in counts where count > 0 {
      let share = Double(count) / Double(text.count)
      entropy -= share * log2(share)
    }
    return entropy
  }
}
