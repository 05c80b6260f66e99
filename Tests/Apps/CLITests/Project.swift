internal import Foundation

/// Where this repository lies.
enum Project {
    static let root = URL(filePath: "../../..", relativeTo: URL(filePath: #filePath))
        .absoluteURL.standardizedFileURL.path
}
