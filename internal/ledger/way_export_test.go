package ledger

// Few lets lists of more matters than n be found as those of many are.
func (s *Service) Few(n int) { s.few = n }
