"""The rules: pure functions of plain values. Amounts of money are integers in centimes of a Swiss franc."""
