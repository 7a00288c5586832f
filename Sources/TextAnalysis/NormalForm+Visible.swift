extension NormalForm {
  /// Replaces `form` by the visible form of a text: its light form with any run of white space as one space, and without
  /// the characters that a reader ignores (Unicode's `Default_Ignorable_Code_Point`).
  ///
  /// Empty where nothing can be seen but space.
  public static func visible(_ bytes: Span<UInt8>, into form: inout [UInt8]) {
    var normal: [UInt8] = []
    light(bytes, into: &normal)
    form.removeAll(keepingCapacity: true)
    var isPending = false
    for scalar in String(decoding: normal, as: UTF8.self).unicodeScalars {
      if scalar.value < 0x80 ? scalar.value <= 0x20 : scalar.properties.isWhitespace {
        isPending = !form.isEmpty
      } else if scalar.value < 0x80 || !scalar.properties.isDefaultIgnorableCodePoint {
        if isPending { form.append(0x20) }
        isPending = false
        form.append(scalar: scalar.value)
      }
    }
  }
}
