import '@angular/compiler';
import { ErrorHandler, type EnvironmentProviders, type Provider, type Type } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { FrameScheduler } from '../../../lib/angular/frame-scheduler.js';

/** Once per spec file: every file has a page of its own. */
TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());

export interface Frames {
  readonly scheduler: FrameScheduler;
  readonly provider: Provider;
  /** How many frames have been asked for and not been drawn. */
  readonly due: number;
  /** Draws a frame. */
  draw(): void;
}

/** Frames that come when the test says so. */
export function manualFrames(): Frames {
  const callbacks = new Set<() => void>();
  const schedule = (callback: () => void): (() => void) => {
    callbacks.add(callback);
    return () => callbacks.delete(callback);
  };
  return {
    scheduler: { schedule },
    provider: { provide: FrameScheduler, useValue: { schedule } },
    get due() {
      return callbacks.size;
    },
    draw: () => {
      const due = [...callbacks];
      callbacks.clear();
      for (const callback of due) callback();
    },
  };
}

export interface Reported {
  readonly provider: Provider;
  readonly errors: readonly unknown[];
}

/** What reaches Angular's `ErrorHandler`. */
export function reportedErrors(onError: () => void = () => undefined): Reported {
  const errors: unknown[] = [];
  const handleError = (error: unknown): void => {
    errors.push(error);
    onError();
  };
  return { provider: { provide: ErrorHandler, useValue: { handleError } }, errors };
}

/** A component on a page of its own with these providers, drawn once. */
export async function render<T>(
  page: Type<T>,
  providers: readonly (Provider | EnvironmentProviders)[] = [],
): Promise<ComponentFixture<T>> {
  TestBed.resetTestingModule();
  TestBed.configureTestingModule({ providers: [...providers] });
  const fixture = TestBed.createComponent(page);
  await fixture.whenStable();
  return fixture;
}

/** What a reader sees. */
export function textOf(fixture: ComponentFixture<unknown>): string {
  const element: unknown = fixture.nativeElement;
  if (typeof element !== 'object' || element === null || !('textContent' in element)) throw new Error('no element');
  return String(element.textContent);
}
