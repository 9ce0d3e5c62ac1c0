// Package concurrency starts more goroutines than it has work for.
package concurrency

import (
	"errors"
	"sync"
)

func checkName(name string) error {
	if name == "" {
		return errors.New("no name")
	}
	return nil
}

func checkAge(age int) error {
	if age < 0 {
		return errors.New("negative age")
	}
	return nil
}

// Validate checks all fields at the same time.
func Validate(name string, age int) error {
	errs := make(chan error, 2)
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		errs <- checkName(name)
	}()
	go func() {
		defer wg.Done()
		errs <- checkAge(age)
	}()
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
