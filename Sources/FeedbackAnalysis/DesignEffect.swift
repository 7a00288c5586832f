import Statistics

/// How many times the variance of a share is that of as many independent ratings, where people rate more than once.
extension Cell {
  /// How many times the variance of the share of poor answers is that of independent ratings, by the buckets into which
  /// people fall; nil below 10 buckets, or where all ratings are alike.
  var poorDesignEffect: (value: Double, degreesOfFreedom: Int)? {
    let sums = buckets.poorSums
    guard sums.count(where: { $0.count > 0 }) >= 10, let share = ClusteredMean(buckets: sums) else { return nil }
    let variance = share.mean * (1 - share.mean)
    return share.designEffect(variance: variance, count: rating.count).map { ($0, share.degreesOfFreedom) }
  }

  /// What is likely from how often people rate alone.
  var likelyDesignEffect: Double {
    MeanEstimate.likelyDesignEffect(rating.count, people, buckets: buckets.sums.count)
  }

  /// What was found, or what is likely, with one less than there are buckets for the degrees of freedom.
  var takenDesignEffect: (value: Double, degreesOfFreedom: Int) {
    poorDesignEffect ?? (likelyDesignEffect, max(1, buckets.sums.count - 1))
  }

  /// The one of the share of poor answers that tests allow for: up to 1.3 it may well be chance, and is 1.
  var testDesignEffect: Double {
    let effect = takenDesignEffect.value
    return effect > 1.3 ? effect : 1
  }
}

extension UserBuckets {
  /// Ratings and poor ratings of each bucket.
  var poorSums: [ExactSum] {
    stride(from: 0, to: values.count, by: 3).map { ExactSum(count: values[$0], sum: Int128(values[$0 + 2])) }
  }
}
