// Command serve does not know of the CPU limit of its container: the go line is older than 1.25.
package main

import (
	"log"
	"net/http"
)

func main() {
	log.Fatal(http.ListenAndServe("localhost:8080", nil))
}
