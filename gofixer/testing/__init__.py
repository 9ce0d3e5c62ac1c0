"""Golden tests of transforms: before and after, proved by the toolchain, many at once."""
