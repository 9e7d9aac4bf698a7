"""What the room of examinations announces to the rooms below it."""

from django.dispatch import Signal

#: A file was loaded, or a load undone. Sent on commit. Arguments: kind, accounts (ids of the accounts touched), load,
#: source (whose rows: CBP's, or an account's own, which concern no score, trend or notice).
loaded = Signal()

#: Sums by dimension, or duty by program, were counted again behind a load or a number that moved; at night, only of
#: accounts that still waited to be counted. Sent after their transaction. Arguments: accounts (ids of those whose sums they are).
summed = Signal()

#: A member asked about the result of an examination. Sent inside the transaction, so that whoever takes the question
#: over keeps it, or it is not asked. Arguments: question (examinations.models.ResultQuestion).
asked = Signal()

#: A question about a result was answered at its row. Sent inside the transaction. Arguments: question.
answered = Signal()
#: A change of duty was announced, or withdrawn. Sent on commit. Arguments: change (examinations.models.DutyChange).
duty_changed = Signal()
