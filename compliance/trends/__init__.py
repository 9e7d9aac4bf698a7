"""Problems that show in an account's examinations: where, since when, how sure; and the same problem in many accounts."""
